// Which words of an answer only name its documents. They are folded away; everything else stays in sight.

// Returns {visible, basis}: from lines that begin with 依据： or 参考：, the clauses that name one of `sources` move to `basis`;
// the rest (since when it holds, whose rule prevails) stays. A source no clause names stands in `basis` on its own.
export function basisOf(lines, sources) {
  const basis = [];
  const visible = [];
  lines.forEach((line) => {
    if (!/^(依据|参考)：/.test(line)) {
      visible.push(line);
      return;
    }
    const rest = clauses(line).filter((clause) => {
      const names = sources.some((source) => clause.indexOf(source) >= 0);
      if (names) {
        basis.push(clause.replace(/[。；]$/, ""));
      }
      return !names;
    });
    if (rest.length) {
      visible.push(rest.join(""));
    }
  });
  const unnamed = sources.filter((source) => !basis.some((clause) => clause.indexOf(source) >= 0));
  return { visible, basis: basis.concat(unnamed) };
}

function clauses(line) {
  return line.match(/[^。；]+[。；]?/g) || [];
}
