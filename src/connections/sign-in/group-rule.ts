// How a connection reads groups in messages: what its settings say, else what is known of its provider.
import { presets } from '../providers/providers.ts'
import type { Connection } from './connections.ts'

/** `separator` splits one text into groups; `largestList` is the length from which on a list may have been cut off. */
export function groupRuleOf({ type, preset, settings }: Connection): {
  separator: string | null
  isAbsenceNone: boolean
  largestList: number | undefined
} {
  const known = presets[preset]
  return {
    separator: settings.groupSeparator ?? null,
    isAbsenceNone: absentGroupsOf({ preset, settings }) === 'none',
    largestList: type === 'oidc' ? known.oidc.largestGroupList : undefined,
  }
}

/** What it means for this connection that a message leaves the groups out. */
export const absentGroupsOf = ({
  preset,
  settings,
}: Pick<Connection, 'preset'> & Partial<Pick<Connection, 'settings'>>): 'kept' | 'none' =>
  settings?.absentGroups ?? presets[preset].absentGroups ?? 'kept'
