// Texts that stand out too little from what is behind them (WCAG 2.2, 1.4.3: 4.5 to 1).
const channels = (color) => color.match(/[\d.]+/g).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = channels(getComputedStyle(at).backgroundColor);
    if (color.length < 4 || color[3] > 0) return color;
  }
  return [255, 255, 255];
};
const ratio = (element) => {
  const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
return [...document.body.querySelectorAll('*')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((element) => element.getClientRects().length > 0 && element.tagName !== 'OPTION')
    .filter((element) => ratio(element) < 4.5)
    .map((element) => `${element.tagName} "${element.textContent.trim().slice(0, 40)}" ${ratio(element).toFixed(2)}`);
