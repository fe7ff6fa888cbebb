// Fewer, larger writes to the database. The driver collects what it is to send until it pauses, but writes at once what has grown
// to a kilobyte; what follows, often a mere COMMIT, is then a write of its own, for which both sides wake up once more. Held
// until the driver's pause, they leave together.
import type { Writable } from 'node:stream'

/** What the driver writes without a pause is at least as long as this. */
const driverLimit = 1024

/** The same socket, whose long writes wait for the next short one, or else for a turn of the event loop. */
export function joinWrites<S extends Writable>(socket: S): S {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let isHeld = false
  const release = (): void => {
    if (isHeld) socket.uncork()
    isHeld = false
  }
  const held = (data: Uint8Array, ...rest: unknown[]): boolean => {
    const isLong = data.length >= driverLimit
    if (isLong && !isHeld) {
      isHeld = true
      socket.cork()
      // The driver's own pause is one turn, and may begin after ours.
      setImmediate(() => setImmediate(release))
    }
    const isBelowMark = write(data, ...rest)
    if (!isLong) release()
    return isBelowMark
  }
  return Object.assign(socket, { write: held })
}
