import { parseArgs } from 'node:util';

/** What `npm run bench -- …` was asked for. */
export interface Asked {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly peers: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly profile: boolean;
  readonly nodeLoad: boolean;
  readonly list: boolean;
  /** Those peers alone that the goals name. */
  readonly close: boolean;
  readonly write: boolean;
}

export const help = `npm run bench -- [options]

  --quick            small numbers, one round, those peers that the goals name: three minutes at most
  --only ROW         this row alone; can be given again, or as a list with commas (see --list)
  --peers LABEL      only entries whose label has one of these in it, as a list with commas
  --close            only those peers that the goals name
  --rounds N         rounds, each of all entries of a row (3)
  --seconds S        how long the measured part of a run takes, about (2)
  --profile          tell where the server's time goes, function by function
  --node-load        the load generator in Node, though there is a C compiler
  --keep             keep the results of a part, too: the page says with which command they were made
  --no-write         leave the results, the picture and the page as they are
  --list             the rows`;

export function readCommandLine(given: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...given],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peers: { type: 'string', default: '' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      profile: { type: 'boolean', default: false },
      close: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      'node-load': { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const { quick, only, profile, list, close, keep } = values;
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
    // A part of the rows, or of the peers, is no replacement for all of them.
    write: keep || (!values['no-write'] && !quick && !close && only.length === 0 && peers.length === 0 && !profile),
  };
}
