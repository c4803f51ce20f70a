/** How many pixels a second is wide, and how long a mark is retained, in ms. */
const [speed, retained] = [44, 60_000];

/** A marble diagram of what a reader receives: time goes to the right, and the right edge is now. */
export class Lane {
  canvas = Object.assign(document.createElement('canvas'), { className: 'lane' });
  #marks = [];
  #cuts = [];

  constructor() {
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** Adds an event. A late one is hollow, and stands where it was sent. */
  add(mark) {
    this.#marks.push(mark);
    if (this.#marks.length > 3000) this.#marks.splice(0, 1000);
  }

  startCut() {
    if (this.#cuts.at(-1)?.to !== null) this.#cuts.push({ from: performance.now(), to: null });
  }

  endCut() {
    const cut = this.#cuts.at(-1);
    if (cut !== undefined) cut.to ??= performance.now();
  }

  draw(now, colors) {
    const { canvas } = this;
    const scale = devicePixelRatio;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const context = canvas.getContext('2d');
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const middle = height / 2;
    const xOf = (at) => width - 14 - ((now - at) / 1000) * speed;

    context.strokeStyle = colors.line;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(0, middle);
    context.lineTo(width, middle);
    context.stroke();

    this.#cuts = this.#cuts.filter(({ to }) => to === null || now - to < retained);
    for (const { from, to } of this.#cuts) drawCut(context, colors, xOf(from), to === null ? width : xOf(to), height);
    this.#marks = this.#marks.filter(({ at }) => now - at < retained && xOf(at) > -20);
    for (const mark of this.#marks) drawMark(context, colors, mark, xOf(mark.at), middle);
  }
}

function drawCut(context, { lost, paper }, left, right, height) {
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, height);
  context.clip();
  context.fillStyle = paper;
  context.fillRect(left, 0, right - left, height);
  context.globalAlpha = 0.09;
  context.fillStyle = lost;
  context.fillRect(left, 0, right - left, height);
  context.globalAlpha = 0.35;
  context.strokeStyle = lost;
  context.lineWidth = 1;
  context.beginPath();
  // The hatching moves with the time.
  for (let x = left - height - ((left - right) % 8); x < right; x += 8) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}

function drawMark(context, colors, { hue, isLate, letter, shape = 'marble', count = 1, offset = 0 }, x, line) {
  const middle = line + offset;
  const color = colors.hues[hue];
  context.fillStyle = isLate ? colors.paper : color;
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.beginPath();
  if (shape === 'marble') context.arc(x, middle, offset === 0 ? 9 : 8, 0, 2 * Math.PI);
  else {
    const size = shape === 'tick' ? 9 : Math.min(18, 3 + 1.7 * Math.log2(1 + count));
    context.roundRect(x - 1.75, middle - size, 3.5, 2 * size, 1.75);
    if (isLate) context.lineWidth = 1.5;
  }
  context.fill();
  if (isLate) context.stroke();
  if (shape !== 'marble') return;
  context.fillStyle = isLate ? color : colors.on;
  context.font = colors.font;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(letter, x, middle + 0.5);
}
