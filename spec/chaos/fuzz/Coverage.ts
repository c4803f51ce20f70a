import { type Profiler, Session } from 'node:inspector';

/** The parts of the library that ran, counted by V8: for each block of a function that is compiled after the start. */
export class Coverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    this.take();
  }

  /** Returns a name for each block that ran since the last call: once, eight times or 64 times and more are others. */
  take(): readonly string[] {
    const { result } = this.#post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    const names: string[] = [];
    for (const { scriptId, url, functions } of result) {
      if (!/\/lib\/(?!testing\/)/.test(url)) continue;
      // A block that ran as often as its surroundings has no range of its own, so that a block which did not run is information as well.
      const ran = functions.filter(({ ranges: [whole] }) => whole !== undefined && whole.count > 0);
      for (const { startOffset, endOffset, count } of ran.flatMap(({ ranges }) => ranges)) {
        const often = count === 0 ? 'not' : Math.min(2, Math.floor(Math.log2(count) / 3));
        names.push(`${scriptId} ${startOffset} ${endOffset} ${often}`);
      }
    }
    return names;
  }

  stop(): void {
    this.#session.disconnect();
  }

  /** The inspector of the own thread answers before `post` returns. */
  #post(method: string, parameters: object = {}): unknown {
    let answer: unknown;
    this.#session.post(method, parameters, (error, result) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  }
}
