// The exception for providers that know nothing better than SHA-1 signatures or AES-CBC: for one connection, until a day.
import { invalidField } from '#platform/input.ts'
import type { SamlSettings } from './settings.ts'

type Exception = Partial<Pick<SamlSettings, 'isSha1Allowed' | 'isCbcAllowed' | 'weakAlgorithmsUntil'>>

const day = 86_400_000
const usualDays = 90
const mostDays = 366

/**
 * The exception with its end, which is in 90 days where nothing was said; without one where nothing is let through.
 * @throws AppError invalid for an end that has passed or is more than a year away
 */
export function withEnd(wanted: Exception, now: Date): Required<Exception> {
  const { isSha1Allowed = false, isCbcAllowed = false, weakAlgorithmsUntil = null } = wanted
  if (!isSha1Allowed && !isCbcAllowed) return { isSha1Allowed, isCbcAllowed, weakAlgorithmsUntil: null }
  const until = weakAlgorithmsUntil ?? new Date(now.getTime() + usualDays * day).toISOString()
  const left = Date.parse(until) - now.getTime()
  if (left <= 0 || left > mostDays * day)
    throw invalidField('weakAlgorithmsUntil', 'Weak algorithms are let through for a year at most, until a day to come')
  return { isSha1Allowed, isCbcAllowed, weakAlgorithmsUntil: until }
}

/** What is let through at this moment. */
export function weakAlgorithmsAt(settings: SamlSettings, now: Date): { isSha1Allowed: boolean; isCbcAllowed: boolean } {
  const isOver = settings.weakAlgorithmsUntil == null || Date.parse(settings.weakAlgorithmsUntil) <= now.getTime()
  return {
    isSha1Allowed: !isOver && settings.isSha1Allowed,
    isCbcAllowed: !isOver && settings.isCbcAllowed === true,
  }
}
