import { parseArgs } from 'node:util';

/** The options of `npm run bench -- …`. */
export interface CommandLine {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly peers: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly profile: boolean;
  readonly nodeLoad: boolean;
  readonly list: boolean;
  /** Whether only the peers that the goals name are measured. */
  readonly close: boolean;
  /** The folder of another checkout whose library is measured in turns with this one. */
  readonly against: string | undefined;
  readonly write: boolean;
}

export const help = `npm run bench -- [options]

  --quick            small numbers, one round, only the peers that the goals name; some five minutes
  --only ROW         only this row; repeatable, or a list with commas (see --list)
  --peers LABEL      only entries whose label contains one of these, a list with commas
  --close            only the peers that the goals name
  --rounds N         the number of rounds, each with all entries of a row (3)
  --seconds S        the length of the measured part of a run (2)
  --against DIR      compare with the library in another checkout, in alternating rounds: medians and ratios
  --profile          print the functions in which the server spends its time
  --node-load        use the load generator in Node even if there is a C compiler
  --keep             write the results of a part too; the page names the command
  --no-write         do not write the results, the picture and the page
  --list             print the rows`;

export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peers: { type: 'string', default: '' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      against: { type: 'string' },
      profile: { type: 'boolean', default: false },
      close: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      'node-load': { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const { quick, only, profile, list, close, keep, against } = values;
  const peers = values.peers.split(',').filter((name) => name !== '');
  return {
    quick,
    profile,
    list,
    peers,
    close: close || quick,
    only: only.flatMap((names) => names.split(',')),
    rounds: Number(values.rounds ?? (quick ? 1 : 3)),
    seconds: Number(values.seconds ?? (quick ? 0.4 : 2)),
    nodeLoad: values['node-load'],
    // A part of the rows or peers does not replace the results of all of them.
    against,
    write:
      keep ||
      (!values['no-write'] &&
        against === undefined &&
        !quick &&
        !close &&
        only.length === 0 &&
        peers.length === 0 &&
        !profile),
  };
}
