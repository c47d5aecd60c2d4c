/** Scripts that tests run in a page: as text, since this project knows no DOM. */

/** Opens all that is folded. */
export const UNFOLD = "document.querySelectorAll('details').forEach((details) => { details.open = true; })";

/** By how much the page is wider than its window. */
export const OVERFLOW_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

/** Elements with text whose contrast to what is behind it is too low (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
export function textBelowContrast(least: number): string {
  return `(() => {
    const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
    const luminance = (color) => {
      const [r, g, b] = channels(color).map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
      for (let place = element; place !== null; place = place.parentElement) {
        const { backgroundColor } = getComputedStyle(place);
        const [, , , alpha = 1] = channels(backgroundColor);
        if (alpha > 0) return backgroundColor;
      }
      return "rgb(255, 255, 255)";
    };
    const low = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (walker.currentNode.textContent.trim() === "") continue;
      const [front, back] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
      const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
      if (contrast < ${least}) low.add(element.tagName + "." + element.className + ": " + contrast.toFixed(2));
    }
    return [...low];
  })()`;
}
