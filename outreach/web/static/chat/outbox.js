// What waits to be sent: one message at a time, in order. Knows nothing of the page.

// `send(body)` returns the messages or throws {again}; `told` hears of each item: sending, answered, failed, refused, waiting.
export function createOutbox(send, told) {
  const queue = [];
  let open = false;
  let busy = false;

  async function attempt(item) {
    told.sending(item);
    try {
      return { messages: await send(item.body) };
    } catch (failure) {
      return { failure };
    }
  }

  // A message that failed keeps its place at the head until it is sent or taken back.
  async function run() {
    if (busy || !open) {
      return;
    }
    busy = true;
    let going = true;
    try {
      while (going && queue.length) {
        going = await handle(queue[0]);
      }
    } finally {
      busy = false;
    }
  }

  // Returns whether the next may go.
  async function handle(item) {
    const { messages, failure } = await attempt(item);
    if (failure && failure.again) {
      told.failed(item, failure);
      return false;
    }
    queue.shift();
    if (failure) {
      told.refused(item, failure);
    } else {
      told.answered(item, messages);
    }
    return true;
  }

  return {
    push(item) {
      queue.push(item);
      told.waiting(item);
      run();
    },
    // Returns whether it was still here to be taken back.
    take(item) {
      const place = queue.indexOf(item);
      if (place < 0 || (busy && place === 0)) {
        return false;
      }
      queue.splice(place, 1);
      run();
      return true;
    },
    // The failed item at the head, if the queue stands still.
    stuck() {
      return !busy && open && queue.length ? queue[0] : null;
    },
    retry: run,
    start() {
      open = true;
      run();
    },
  };
}
