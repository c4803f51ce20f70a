import { catchError, defer, filter, map, NEVER, type Observable, of, throwError } from 'rxjs';
import { FencedError } from '../../lib/error/FencedError.ts';
import type { ClaimState, EventLog } from '../../lib/log/EventLog.ts';
import type { OpenLog } from '../../lib/testing/logSuite.ts';
import { broken, sound, withOverrides } from './broken.ts';

const claimIn = (log: EventLog, holder: string, lease: number): Observable<ClaimState> =>
  log.claim?.(holder, lease) ?? NEVER;

const brokenClaims = (change: (claim: ClaimState, holder: string) => ClaimState): OpenLog =>
  broken((log) => ({
    claim: (holder, lease) => claimIn(log, holder, lease).pipe(map((claim) => change(claim, holder))),
  }));

/** The mistake of a log with broken claims, the log, and the test that must fail. */
export const brokenClaimLogs: readonly (readonly [string, OpenLog, RegExp])[] = [
  [
    'has a second writer and is not `shared`',
    (retention) => {
      const tested = sound(retention);
      return { ...tested, second: () => withOverrides(tested.log, {}) };
    },
    /is `shared`/,
  ],
  [
    'grants its claim to every holder',
    brokenClaims((claim) => ({ ...claim, held: true })),
    /one of two holders that claim it at once/,
  ],
  ['grants its claim to no holder', brokenClaims((claim) => ({ ...claim, held: false })), /one of two holders/],
  [
    'has a token for each holder',
    brokenClaims((claim, holder) => ({ ...claim, token: holder.charCodeAt(0) })),
    /one of two holders/,
  ],
  ['has no token', brokenClaims((claim) => ({ ...claim, token: 0 })), /one of two holders/],
  ['returns no remaining time', brokenClaims((claim) => ({ ...claim, remaining: 0 })), /one of two holders/],
  [
    'stores its claims as entries',
    broken((log) => ({
      claim: (holder, lease) => {
        log.append([{ event: 'claim', data: holder, retry: undefined }]);
        return claimIn(log, holder, lease);
      },
    })),
    /one of two holders/,
  ],
  [
    'claims only when it is subscribed to',
    broken((log) => ({ claim: (holder, lease) => defer(() => claimIn(log, holder, lease)) })),
    /claims without a subscriber/,
  ],
  [
    'treats a renewal as another claim',
    broken((log) => ({
      claim: (holder, lease) => {
        claimIn(log, holder, 0);
        return claimIn(log, holder, lease);
      },
    })),
    /renews the claim/,
  ],
  [
    'renews nothing',
    broken((log) => {
      const claims = new Map<string, Observable<ClaimState>>();
      return {
        claim: (holder, lease) => {
          const first = claims.get(holder);
          const claim = lease === 0 || first === undefined ? claimIn(log, holder, lease) : first;
          claims.set(holder, claim);
          return claim;
        },
      };
    }),
    /renews the claim/,
  ],
  [
    'lets no claim expire',
    broken((log) => ({ claim: (holder, lease) => claimIn(log, holder, lease === 0 ? 0 : 2e9) })),
    /claim expire/,
  ],
  [
    'never shortens a lease',
    broken((log) => {
      let longest = 0;
      return {
        claim: (holder, lease) => {
          longest = Math.max(longest, lease);
          return claimIn(log, holder, lease === 0 ? 0 : longest).pipe(
            map((claim) => ({ ...claim, remaining: Math.min(claim.remaining, lease) })),
          );
        },
      };
    }),
    /claim expire/,
  ],
  ['has the same token for all', brokenClaims((claim) => ({ ...claim, token: 1 })), /claim expire/],
  [
    'lets any holder give up the claim of another one',
    broken((log) => {
      let last = '';
      return {
        claim: (holder, lease) => {
          if (lease === 0) claimIn(log, last, 0);
          else last = holder;
          return claimIn(log, holder, lease);
        },
      };
    }),
    /gives a claim up/,
  ],
  [
    'does not give up a claim',
    broken((log) => ({ claim: (holder, lease) => claimIn(log, holder, lease || 2e9) })),
    /gives a/,
  ],
  [
    'gives a claim up without a wake',
    broken((log) => {
      let isClaiming = false;
      return {
        wakes: log.wakes.pipe(filter(() => !isClaiming)),
        claim: (holder, lease) => {
          isClaiming = true;
          const claimed = claimIn(log, holder, lease);
          isClaiming = false;
          return claimed;
        },
      };
    }),
    /gives a claim up/,
  ],
  [
    'stores a write with an old token',
    broken((log) => ({
      append: (drafts, { key } = {}) => log.append(drafts, key === undefined ? {} : { key }),
    })),
    /a producer that was replaced/,
  ],
  ['is ended by an old token', broken((log) => ({ end: (how) => log.end(how) })), /a producer that was replaced/],
  [
    'refuses an old token after its end',
    broken((log) => {
      let token = 0;
      return {
        claim: (holder, lease) =>
          claimIn(log, holder, lease).pipe(
            map((claim) => {
              token = claim.token;
              return claim;
            }),
          ),
        end: (how, options = {}) =>
          options.token === undefined || options.token === token
            ? log.end(how)
            : throwError(() => new FencedError(options.token ?? 0, token)),
      };
    }),
    /a producer that was replaced/,
  ],
  [
    'stores a write with a token from the future',
    broken((log) => ({
      append: (drafts, options) =>
        log
          .append(drafts, options)
          .pipe(
            catchError((error: FencedError) =>
              error.token > error.current ? log.append(drafts) : throwError(() => error),
            ),
          ),
    })),
    /never gave/,
  ],
  [
    'counts its tokens again after a restart',
    (retention) => ({ ...sound(retention), reopen: () => withOverrides(sound(retention).log, {}) }),
    /raises its token/,
  ],
  [
    'can be claimed after its end',
    broken((log) => ({
      claim: (holder, lease) =>
        claimIn(log, holder, lease).pipe(catchError(() => of({ held: true, token: 1, remaining: lease }))),
    })),
    /rejects a claim/,
  ],
];
