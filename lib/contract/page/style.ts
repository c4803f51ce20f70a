/** The style of the page: a list of the routes, their description, and a dark panel to try each. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1a1f36; --soft: #4f566b; --line: #e3e8ee; --wash: #f7f8fa; --code: #f2f4f8;
  --accent: #4b45c6; --danger: #b3093c;
  --panel: #10162b; --panel-wash: #19213c; --panel-line: #2d3759; --panel-ink: #e6e9f5; --panel-soft: #a7b0cf;
  --hue-0: #5146d9; --hue-1: #0a6f66; --hue-2: #a3450b; --hue-3: #a81a68; --hue-4: #1764ad; --hue-5: #5b6b14;
  --sans: ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1120; --ink: #e8ebf6; --soft: #a9b2cc; --line: #262e47; --wash: #12182a; --code: #182036;
    --accent: #a5a2ff; --danger: #ff8fab;
    --panel: #141b33; --panel-wash: #1c2543; --panel-line: #323d63;
    --hue-0: #aaa5ff; --hue-1: #5fd3c4; --hue-2: #f5a97a; --hue-3: #f58cc3; --hue-4: #7cc0ff; --hue-5: #c3d36b;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.6 var(--sans); -webkit-font-smoothing: antialiased; }
a { color: var(--accent); text-underline-offset: 3px; }
code, pre, .mono { font-family: var(--mono); font-size: 0.88em; }
h1, h2, h3, h4, p, dl, dd, ul, ol, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; z-index: 2; background: var(--paper); padding: 0.5rem 1rem; }
.shell { display: grid; grid-template-columns: 16.5rem minmax(0, 1fr); min-height: 100vh; }
nav { position: sticky; top: 0; align-self: start; height: 100vh; overflow-y: auto; padding: 2rem 1.25rem; border-right: 1px solid var(--line); background: var(--wash); }
nav .brand { font-weight: 650; font-size: 1.05rem; letter-spacing: -0.01em; padding: 0 0.5rem; }
nav .brand small { font-weight: 400; color: var(--soft); margin-left: 0.35rem; }
nav h2 { font-size: 0.72rem; letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); margin: 1.75rem 0 0.4rem; padding: 0 0.5rem; }
nav li a { display: flex; gap: 0.55rem; align-items: baseline; padding: 0.28rem 0.5rem; border-radius: 6px; color: var(--ink); text-decoration: none; overflow-wrap: anywhere; }
nav li a:hover { background: var(--code); }
nav li li a { padding-left: 1.15rem; color: var(--soft); }
.dot { flex: none; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--hue, var(--soft)); align-self: center; }
.hue-0 { --hue: var(--hue-0); } .hue-1 { --hue: var(--hue-1); } .hue-2 { --hue: var(--hue-2); }
.hue-3 { --hue: var(--hue-3); } .hue-4 { --hue: var(--hue-4); } .hue-5 { --hue: var(--hue-5); }
.verb { flex: none; font: 650 0.68rem/1 var(--mono); letter-spacing: 0.04em; color: var(--hue-1); }
.verb.post { color: var(--hue-4); }
.verb.delete { color: var(--hue-3); }
main { min-width: 0; }
.intro { padding: 3.25rem 3.5rem 2.5rem; max-width: 60rem; }
h1 { font-size: 2.1rem; line-height: 1.2; letter-spacing: -0.025em; font-weight: 700; }
.intro p { margin-top: 0.75rem; color: var(--soft); font-size: 1.05rem; max-width: 42rem; }
.intro .links { display: flex; flex-wrap: wrap; gap: 0.6rem; margin-top: 1.4rem; }
.intro .links a { font-size: 0.88rem; padding: 0.35rem 0.8rem; border: 1px solid var(--line); border-radius: 999px; text-decoration: none; background: var(--wash); }
.intro .links a:hover { border-color: var(--accent); }
.route { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 3rem; padding: 3rem 3.5rem; border-top: 1px solid var(--line); max-width: 96rem; }
.route h2 { display: flex; gap: 0.8rem; align-items: center; font-size: 1.3rem; letter-spacing: -0.01em; overflow-wrap: anywhere; }
.route h2 code { font-size: 1.15rem; font-weight: 600; }
.route h2 .verb { font-size: 0.75rem; padding: 0.4rem 0.5rem; border-radius: 6px; background: color-mix(in srgb, currentColor 11%, transparent); }
.route .about > p { margin-top: 0.7rem; color: var(--soft); }
.route h3 { margin: 2rem 0 0.2rem; font-size: 0.95rem; font-weight: 650; }
.fields { border-top: 1px solid var(--line); margin-top: 0.6rem; }
.field { padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
.field dt { display: flex; flex-wrap: wrap; gap: 0.2rem 0.6rem; align-items: baseline; }
.field dt code { font-weight: 650; overflow-wrap: anywhere; }
.field dt code span { font-weight: 400; color: var(--soft); }
.type, .in { color: var(--soft); font-size: 0.84rem; overflow-wrap: anywhere; }
.required { color: var(--hue-2); font-size: 0.76rem; font-weight: 600; }
.optional { color: var(--soft); font-size: 0.76rem; }
.field dd { color: var(--soft); font-size: 0.9rem; }
.event { margin-top: 1rem; padding: 1rem 1.15rem; border: 1px solid var(--line); border-left: 3px solid var(--hue, var(--line)); border-radius: 10px; }
.event h4 { display: flex; flex-wrap: wrap; gap: 0.4rem 0.8rem; align-items: baseline; font-size: 0.95rem; }
.event h4 code { color: var(--hue, var(--ink)); font-weight: 650; font-size: 0.95rem; overflow-wrap: anywhere; }
.event h4 .type { font-weight: 400; }
.event h4 a { margin-left: auto; font-size: 0.8rem; font-weight: 400; }
.event p { color: var(--soft); margin-top: 0.35rem; }
.event .fields { border-top: 0; margin-top: 0.2rem; }
.event .field:last-child { border-bottom: 0; padding-bottom: 0.1rem; }
.event pre, .plain pre { margin-top: 0.7rem; padding: 0.75rem 0.9rem; background: var(--code); border-radius: 8px; overflow-x: auto; line-height: 1.5; }
details.plain { margin-top: 1.25rem; color: var(--soft); font-size: 0.92rem; }
details.plain summary { cursor: pointer; color: var(--ink); width: fit-content; }
details.plain li { margin-top: 0.5rem; }
details.plain li code { color: var(--ink); }
.try { align-self: start; position: sticky; top: 1.5rem; max-height: calc(100vh - 3rem); display: flex; flex-direction: column; background: var(--panel); color: var(--panel-ink); border-radius: 14px; overflow: hidden; border: 1px solid var(--panel-line); box-shadow: 0 12px 32px rgb(16 22 43 / 14%); color-scheme: dark; --accent: #a5a2ff; --hue-0: #aaa5ff; --hue-1: #5fd3c4; --hue-2: #f5a97a; --hue-3: #f58cc3; --hue-4: #7cc0ff; --hue-5: #c3d36b; }
.try form { padding: 1rem 1.15rem; display: grid; align-items: end; gap: 0.7rem 0.9rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12.5rem), 1fr)); }
.try h3, .buttons, .try label.wide { grid-column: 1 / -1; }
.try h3 { margin: 0; font-size: 0.9rem; display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
.try label { display: grid; align-content: start; gap: 0.25rem; font-size: 0.82rem; color: var(--panel-soft); }
.try label span { overflow-wrap: anywhere; }
.try input, .try select, .try textarea { width: 100%; min-height: 2.35rem; padding: 0.4rem 0.65rem; font: 0.88rem var(--mono); color: var(--panel-ink); background: var(--panel-wash); border: 1px solid var(--panel-line); border-radius: 8px; }
.try textarea { resize: vertical; line-height: 1.5; }
.try input:user-invalid { border-color: #ff8fab; }
.try button { font: 600 0.86rem var(--sans); min-height: 2.35rem; padding: 0 1rem; border-radius: 8px; border: 1px solid var(--panel-line); background: var(--panel-wash); color: var(--panel-ink); cursor: pointer; }
.try button.main { background: #635bff; border-color: #635bff; color: #fff; }
.try button.stop { border-color: #ff8fab; color: #ffb3c6; }
.try button:hover { border-color: #a5a2ff; }
.try button[hidden] { display: none; }
.buttons { display: flex; gap: 0.6rem; align-items: center; flex-wrap: wrap; }
.status { font-size: 0.82rem; color: var(--panel-soft); display: inline-flex; gap: 0.45rem; align-items: center; font-weight: 400; overflow-wrap: anywhere; }
.status::before { content: ''; flex: none; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: #6b7599; }
.status.open::before { background: #3ddc97; box-shadow: 0 0 0 3px rgb(61 220 151 / 20%); }
.status.failed::before { background: #ff6b8b; }
.curl { display: flex; align-items: start; gap: 0.5rem; padding: 0.7rem 0.7rem 0.7rem 1.15rem; background: rgb(0 0 0 / 22%); border-block: 1px solid var(--panel-line); }
.curl pre { flex: 1; min-width: 0; padding: 0.3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; color: #c9d1ee; }
.try .curl button { min-height: 1.9rem; padding: 0 0.7rem; font-size: 0.78rem; }
.frames { overflow-y: auto; min-height: 9rem; flex: 1 1 auto; }
.frames:focus-visible { outline-offset: -2px; }
.frames .empty { padding: 1.6rem 1.15rem; color: var(--panel-soft); font-size: 0.88rem; }
.frame { border-bottom: 1px solid var(--panel-line); }
.frame summary { display: flex; gap: 0.3rem 0.75rem; padding: 0.5rem 1.15rem; cursor: pointer; list-style: none; align-items: baseline; flex-wrap: wrap; }
.frame summary::-webkit-details-marker { display: none; }
.frame summary:hover { background: var(--panel-wash); }
.frame summary:focus-visible { outline-offset: -2px; }
.frame time { color: var(--panel-soft); font: 0.75rem var(--mono); }
.frame .name { font: 650 0.8rem var(--mono); color: var(--hue, var(--panel-soft)); overflow-wrap: anywhere; }
.frame .pairs { display: flex; flex-wrap: wrap; gap: 0 0.9rem; font: 0.8rem/1.6 var(--mono); flex: 1 1 60%; min-width: 0; overflow-wrap: anywhere; }
.frame .key { color: var(--panel-soft); }
.v-string { color: #a5e3b4; } .v-number { color: #ffc98a; } .v-boolean { color: #8fc7ff; } .v-null { color: var(--panel-soft); }
.frame pre { padding: 0.2rem 1.15rem 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; color: #c9d1ee; font-size: 0.78rem; }
.frame.control .name { font-weight: 400; }
@media (max-width: 72rem) {
  .route { grid-template-columns: minmax(0, 1fr); gap: 2rem; }
  .try { position: static; max-height: none; }
  .frames { max-height: 24rem; }
}
@media (max-width: 52rem) {
  .shell { grid-template-columns: minmax(0, 1fr); }
  nav { position: static; height: auto; max-height: none; border-right: 0; border-bottom: 1px solid var(--line); padding: 1.25rem 1rem; }
  nav li li { display: none; }
  .intro, .route { padding: 2rem 1.1rem; }
  h1 { font-size: 1.7rem; }
}
`;
