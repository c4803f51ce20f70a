/** Lets a callback advance the time of `Date`, in milliseconds, for what runs on no timer. */
export async function atTimes(use: (advance: (duration: number) => void) => Promise<void>): Promise<void> {
  const { now } = Date;
  let later = 0;
  Date.now = () => now() + later;
  try {
    await use((duration) => {
      later += duration;
    });
  } finally {
    Date.now = now;
  }
}
