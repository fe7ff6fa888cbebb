// How many people are active, and how many may be.
import type { SeatLimit } from '#access/organizations/seats.ts'

export function seatsInWords(used: number, limit: SeatLimit | null): string {
  if (limit === null) return String(used)
  const { seats, rule } = limit
  if (used < seats) return `${used} of ${seats}`
  const effect = rule === 'hold' ? ': new users wait until an administrator lets them in' : ''
  return used === seats
    ? `${used} of ${seats}, all taken${effect}`
    : `${used}, ${used - seats} more than ${seats}${effect}`
}
