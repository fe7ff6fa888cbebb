// Whether a token or a client of a directory still works.
import { Badge } from '../ui/parts.tsx'

type Props = { revokedAt: string | null; expiresAt: string | null; now: Date }

export const StateBadge = ({ revokedAt, expiresAt, now }: Props) => {
  if (revokedAt !== null) return <Badge tone="bad">Revoked</Badge>
  if (expiresAt !== null && new Date(expiresAt) <= now) return <Badge tone="quiet">Expired</Badge>
  return <Badge tone="good">Live</Badge>
}
