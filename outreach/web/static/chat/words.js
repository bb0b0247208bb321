// The words the chat page itself says. What the assistant says comes from the server.

export const words = {
  asked: "您问：",
  answered: "自动答复：",
  chosen: "（已选）",
  number: (number) => `第${number}个：`,
  looking: "正在查",
  stillLooking: "还在查，请再等一下",
  waiting: "排着队，前面的答完就发",
  sending: "正在发",
  again: "重新发送",
  askAgain: "再问一次",
  edit: "改一改",
  asWords: "用文字再问一次",
  offline: "没有发出去：手机现在没有网络。",
  unreachable: "没有发出去：连不上，可能是信号不好。",
  slow: "等了很久没有回音，可能是信号不好。",
  broken: "没有发出去：系统这会儿有点问题，请稍后再试。",
  historyLost: "以前的对话这会儿没有读出来，不影响提问。",
  warning: "小心受骗",
  care: "您不是一个人",
  sources: "依据与出处",
  more: "您可能还想问：",
  rate: "这个回答有用吗？",
  useful: "有用",
  useless: "没用",
  rateLost: "没有记上，请再点一次。",
  left: (count) => (count > 0 ? `还能写 ${count} 个字` : "写满了，一次最多 1000 个字，可以分几次发"),
  prefilled: "问题写好了，点“发送”就行。",
};

const SHANGHAI_MS = 8 * 3600 * 1000;

// 下午3:05, with the day when it is not today. Always the families' own zone, whatever the phone is set to.
export function timeWords(moment, now) {
  const local = new Date(moment.getTime() + SHANGHAI_MS);
  const today = new Date(now.getTime() + SHANGHAI_MS);
  const hour = local.getUTCHours();
  const minute = String(local.getUTCMinutes()).padStart(2, "0");
  const part = hour < 6 ? "凌晨" : hour < 12 ? "上午" : hour < 13 ? "中午" : hour < 18 ? "下午" : "晚上";
  const clock = `${part}${hour > 12 ? hour - 12 : hour}:${minute}`;
  const sameDay = local.toISOString().slice(0, 10) === today.toISOString().slice(0, 10);
  return sameDay ? clock : `${local.getUTCMonth() + 1}月${local.getUTCDate()}日 ${clock}`;
}
