// How somebody is in a team.

type Way = { way: 'leader' | 'hand' | 'group' | 'filter' | 'team'; source: { name: string } | null }

function words({ way, source }: Way): string {
  if (way === 'leader') return 'leads it'
  if (way === 'hand') return 'added by hand'
  if (way === 'group') return `in the group ${source?.name ?? ''}`
  return way === 'team' ? `in the team ${source?.name ?? ''} within it` : `fits the filter ${source?.name ?? ''}`
}

/** `Leads it, added by hand`. */
export function wayWords(ways: readonly Way[]): string {
  const text = ways.map(words).join(', ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
