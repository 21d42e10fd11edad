/** Stylesheet and script of the page that lists a folder. */

export const listingStyle = `:root { color-scheme: light dark; --line: light-dark(#e4e1d9, #2c3038);
  --muted: light-dark(#63676f, #a2a5ac); --accent: light-dark(#b5440b, #ff9d5c) }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 3rem); max-width: 64rem;
  background: light-dark(#fbfaf7, #16181d); color: light-dark(#22252b, #e6e4df);
  font: 1rem/1.5 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; gap: .25rem 2rem; align-items: end; justify-content: space-between;
  border-left: .25rem solid var(--accent); padding: .25rem 0 .25rem 1.25rem; margin-bottom: 1.5rem }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere }
h1 a { color: inherit; text-decoration: none }
h1 a:hover { color: var(--accent); text-decoration: underline }
.slash { color: var(--muted); font-weight: 400 }
header p { margin: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; color: var(--muted);
  font-size: .875rem; font-variant-numeric: tabular-nums }
header p > [hidden], #count:empty { display: none }
input { font: inherit; color: inherit; background: transparent; border: 1px solid var(--muted); border-radius: .3rem;
  padding: .15rem .5rem; width: 12rem; max-width: 60vw }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
th { text-align: left; font-weight: 500; font-size: .8125rem; padding: .4rem .75rem; border-bottom: 1px solid var(--line) }
th a { color: var(--muted); text-decoration: none }
th a:hover { color: inherit; text-decoration: underline }
th[aria-sort] a { color: inherit }
th[aria-sort=ascending] a::after { content: ' \\2191' / '' }
th[aria-sort=descending] a::after { content: ' \\2193' / '' }
td { padding: 0 .75rem; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums }
td.name { padding: 0 }
td.name a, td.name .unnamed { display: flex; gap: .6rem; align-items: center; padding: .4rem .75rem; color: inherit;
  text-decoration: none; overflow-wrap: anywhere; min-width: 0 }
td.name .unnamed { color: var(--muted) }
td.name a:hover { color: var(--accent) }
.folder td.name a { font-weight: 500 }
th.size, td.size { width: 7.5rem; text-align: right; white-space: nowrap }
th.date, td.date { width: 11rem; white-space: nowrap }
td.size, td.date { color: var(--muted); font-size: .875rem }
svg { flex: none; width: 1rem; height: 1rem; fill: none; stroke: var(--muted); stroke-width: 1.2; stroke-linejoin: round;
  stroke-linecap: round }
.folder svg, .up svg { stroke: var(--accent) }
tbody tr:hover { background: light-dark(#f1eee6, #1e2128) }
:focus-visible, tr:has(td a:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: .2rem }
td a:focus-visible { outline: none }
.note { color: var(--muted); padding: .5rem .75rem }
@media (prefers-contrast: more) {
  :root { --line: light-dark(#63676f, #a2a5ac); --muted: light-dark(#000, #fff); --accent: light-dark(#8a2f00, #ffb37a) }
  body { background: light-dark(#fff, #000); color: light-dark(#000, #fff) }
}
@media (forced-colors: active) { svg, .folder svg, .up svg { stroke: CanvasText } }
@media (max-width: 34rem) { th.date, td.date { display: none } th.size, td.size { width: 6rem } }`;

/** Adds the filter ("/" goes to it), and arrow keys between the names; without it, everything else works. */
export const listingScript = `'use strict';
const input = document.querySelector('input');
input.parentElement.hidden = false;
const rows = [...document.querySelectorAll('tbody tr')];
const links = () => rows.filter((row) => !row.hidden).map((row) => row.querySelector('a')).filter(Boolean);
const count = document.querySelector('#count');
const total = count.textContent;
const entries = rows.filter((row) => !row.classList.contains('up'));
input.addEventListener('input', () => {
  const wanted = input.value.trim().toLowerCase();
  for (const row of entries) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  const found = entries.filter((row) => !row.hidden).length;
  count.textContent = wanted === '' ? total : found === 0 ? 'Nothing matches' : found + ' of ' + entries.length + ' shown';
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const all = links();
  const present = all.indexOf(document.activeElement);
  const go = (index) => { event.preventDefault(); all[Math.max(0, Math.min(all.length - 1, index))]?.focus(); };
  if (event.key === 'ArrowDown') go(present + 1);
  else if (event.key === 'ArrowUp') go(present < 0 ? all.length - 1 : present - 1);
  else if (event.target === input) {
    if (event.key === 'Enter') go(all[0]?.closest('.up') && all.length > 1 ? 1 : 0);
    else if (event.key === 'Escape') { input.value = ''; input.dispatchEvent(new Event('input')); input.blur(); }
  }
  else if (event.key === 'Home' && present >= 0) go(0);
  else if (event.key === 'End' && present >= 0) go(all.length - 1);
  else if (event.key === '/') { event.preventDefault(); input.focus(); }
  else if (event.key === 'Backspace') document.querySelector('.up a')?.click();
});`;
