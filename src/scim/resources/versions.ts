// If-Match and If-None-Match (RFC 7644 §3.14, RFC 9110 §13.1) against the version of a resource.
import { entityTag } from './user.ts'

/** No version is 0, so a tag that is none of ours never matches. */
const noVersion = 0

/**
 * The version that If-Match asks for; undefined where any will do.
 * Of several tags the last of ours counts: a client that sends more than one has read more than once.
 */
export function expectedVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const versions = ifMatch.split(',').map((tag) => /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(tag)?.[1])
  return Number(versions.findLast((version) => version !== undefined) ?? noVersion)
}

/** True where the client has this version already. */
export function isUnchanged(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(entityTag(version).slice(2))
}
