/** One set of values in the picture. */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
}

const [WIDTH, HEIGHT] = [720, 320];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 34, 44];

/** Two histograms of durations in minutes over each other, with a line at the target; the same values give the same bytes. */
export function histogram(title: string, series: readonly Series[], targetMinutes: number): string {
  const longest = Math.max(targetMinutes, ...series.flatMap(({ values }) => values));
  const last = Math.ceil(longest + 1);
  const bins = last * 4; // a quarter of a minute
  const counts = series.map(({ values }) => {
    const count = Array.from({ length: bins }, () => 0);
    for (const value of values) count[Math.min(bins - 1, Math.floor(value * 4))]! += 1 / values.length;
    return count;
  });
  const highest = Math.max(...counts.flat());
  const x = (minutes: number) => LEFT + ((WIDTH - LEFT - RIGHT) * minutes) / last;
  const y = (share: number) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * share) / highest;
  const bars = series.map(({ color }, index) =>
    counts[index]!.map((share, bin) =>
      share === 0
        ? ""
        : `<rect x="${fix(x(bin / 4))}" y="${fix(y(share))}" width="${fix(x(0.25) - x(0))}" height="${fix(y(0) - y(share))}" fill="${color}" fill-opacity="0.55"/>`,
    ).join(""),
  );
  const ticks = Array.from({ length: Math.floor(last / 2) + 1 }, (_, index) => 2 * index).map((minutes) =>
    text(x(minutes), HEIGHT - BOTTOM + 16, String(minutes), "middle"),
  );
  const legend = series.map(
    ({ name, color }, index) =>
      `<rect x="${WIDTH - 250}" y="${TOP + 18 * index}" width="12" height="12" fill="${color}" fill-opacity="0.55"/>` +
      text(WIDTH - 232, TOP + 10 + 18 * index, name, "start"),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 20, title, "start"),
    ...bars,
    `<line x1="${LEFT}" y1="${fix(y(0))}" x2="${WIDTH - RIGHT}" y2="${fix(y(0))}" stroke="#333333"/>`,
    `<line x1="${fix(x(targetMinutes))}" y1="${TOP}" x2="${fix(x(targetMinutes))}" y2="${fix(y(0))}" stroke="#b00020" stroke-dasharray="4 3"/>`,
    text(x(targetMinutes) + 4, TOP + 70, `target: ${targetMinutes} min`, "start"),
    ...ticks,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "minutes (simulated)", "middle"),
    text(LEFT - 6, y(highest) + 4, `${(100 * highest).toFixed(0)} %`, "end"),
    text(LEFT - 6, y(0) + 4, "0", "end"),
    ...legend,
    "</svg>",
    "",
  ].join("\n");
}

function text(x: number, y: number, content: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${fix(x)}" y="${fix(y)}" text-anchor="${anchor}" fill="#333333">${content}</text>`;
}

function fix(value: number): string {
  return value.toFixed(1);
}
