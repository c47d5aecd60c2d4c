/** Style of the HTML report: one column, light and dark, 360 pixels and wider; unfolded when printed. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1c2128; --soft: #57606a; --line: #d8dee4; --code: #f3f5f7;
  --red: #b42318; --red-soft: #fdecea; --amber: #8a5a00; --amber-soft: #fff4d6;
  --green: #1a6b38; --green-soft: #e4f5e9; --blue: #0b5cad; --blue-soft: #e5f0fb; --violet: #6b3fa0; --violet-soft: #f1eafa;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1319; --card: #171c24; --ink: #e6eaf0; --soft: #a3adba; --line: #2c3440; --code: #10151c;
    --red: #ff9b90; --red-soft: #3b1a1a; --amber: #f2c467; --amber-soft: #352a12;
    --green: #83d99f; --green-soft: #14301e; --blue: #8cc2fb; --blue-soft: #14293f; --violet: #c9a9f5; --violet-soft: #2a2040;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-width: 68rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .25rem 0 .5rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
h3 { font-size: .95rem; margin: 1.1rem 0 .4rem; }
.card > h3:first-child { margin-top: 0; }
p { margin: .4rem 0; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .2em; }
.soft { color: var(--soft); }
.type { color: var(--soft); font-size: .85rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem; margin: .7rem 0; }
.verdict { border-left: 6px solid var(--tone); padding-left: 1rem; }
.verdict .word { color: var(--tone); font-weight: 600; text-transform: uppercase; letter-spacing: .06em; font-size: .8rem; }
.error, .danger { --tone: var(--red); } .change { --tone: var(--amber); } .none { --tone: var(--green); }
.tiles { display: flex; flex-wrap: wrap; gap: .5rem; margin: .8rem 0 .2rem; padding: 0; list-style: none; }
.tiles li { border: 1px solid var(--line); border-radius: 8px; padding: .2rem .65rem; background: var(--paper); }
.tiles b { font-variant-numeric: tabular-nums; }
.pill { display: inline-block; border-radius: 999px; padding: .02rem .55rem; font-size: .78rem; font-weight: 600; white-space: nowrap; color: var(--on); background: var(--off); }
.replace, .destroy, .gone, .level-error { --on: var(--red); --off: var(--red-soft); }
.changed, .drifted, .level-warning { --on: var(--amber); --off: var(--amber-soft); }
.add, .passed { --on: var(--green); --off: var(--green-soft); }
.move, .import, .level-info { --on: var(--blue); --off: var(--blue-soft); }
.forget { --on: var(--violet); --off: var(--violet-soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: .78rem; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); padding: .3rem .5rem; }
td { padding: .45rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td.loud { color: var(--red); font-weight: 700; } td.zero { color: var(--soft); }
.attention { list-style: none; margin: 0; padding: 0; }
.attention > li { padding: .55rem 0 .55rem .8rem; border-left: 4px solid var(--on, var(--line)); border-bottom: 1px solid var(--line); }
.attention > li:last-child { border-bottom: 0; }
.why { color: var(--soft); font-size: .92rem; margin-top: .15rem; }
.why span + span::before { content: " · "; }
.attention ul { margin: .2rem 0 0; padding-left: 1.1rem; color: var(--soft); font-size: .92rem; }
.attention .blocked { --on: var(--red); font-weight: 600; color: var(--red); }
details { border: 1px solid var(--line); border-radius: 8px; margin: .45rem 0; background: var(--card); }
summary { cursor: pointer; padding: .5rem .75rem; border-radius: 8px; }
summary:hover { background: var(--paper); }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
summary code { font-weight: 600; }
details[open] > summary { border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; }
.body { padding: .3rem .75rem .75rem; scroll-margin-top: 3.5rem; }
.stack > summary { font-weight: 600; }
pre { margin: .5rem 0; padding: .55rem .7rem; background: var(--code); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; }
.diff { padding: .4rem 0; }
.diff span { display: block; padding: 0 .7rem 0 1.9rem; text-indent: -1.2rem; min-height: 1.5em; }
.diff .p { background: var(--green-soft); color: var(--green); } .diff .m { background: var(--red-soft); color: var(--red); }
.diff .c { background: var(--amber-soft); color: var(--amber); } .diff .k { color: var(--soft); }
.command { user-select: all; }
.picture { overflow-x: auto; margin: .5rem 0; }
.picture img { display: block; max-width: none; margin: 0 auto; border-radius: 8px; }
.plain { margin: .3rem 0; padding-left: 1.1rem; }
footer { margin: 2rem 0 1rem; font-size: .88rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .5rem 0; } dt { color: var(--soft); } dd { margin: 0; }
@media (max-width: 46rem) {
  main { padding: .6rem; } h1 { font-size: 1.25rem; }
  .stacks thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacks, .stacks tbody, .stacks tr, .stacks td { display: block; width: 100%; }
  .stacks tr { padding: .5rem 0; border-bottom: 1px solid var(--line); } .stacks tr:last-child { border-bottom: 0; }
  .stacks td { border: 0; padding: .08rem 0; display: flex; justify-content: space-between; gap: 1rem; text-align: right; }
  .stacks td::before { content: attr(data-label); color: var(--soft); font-weight: 400; text-align: left; }
  .stacks td.name::before { content: none; } .stacks td.zero { display: none; }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; }
}
@media print { :root { color-scheme: light; --paper: #fff; } details::details-content { content-visibility: visible; block-size: auto; } .picture img { max-width: 100%; } }
`;
