/**
 * The ports that fetch refuses, lest a page speaks to a server of another protocol.
 *
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
const blocked =
  /^(0|[179]|1[13579]|2[01235]|37|4[23]|53|69|7[79]|87|95|10[1-49]|11[013579]|123|13[579]|143|161|179|389|427|465|51[2-5]|526|53[0-2]|54[08]|55[46]|563|587|601|636|989|99[035]|1719|172[03]|2049|3659|4045|4190|506[01]|6000|6566|666[5-9]|6679|6697|10080)$/;

/** Whether a URL's port, `''` for its scheme's own, is one that fetch connects to. */
export function isServedPort(port: string): boolean {
  return !blocked.test(port);
}
