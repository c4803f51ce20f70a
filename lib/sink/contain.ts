/** Calls a function of the user's, whose throwing is to end nothing of ours. */
export function contain(call: () => void): void {
  try {
    call();
  } catch {
    // It was told; there is nobody else to tell.
  }
}
