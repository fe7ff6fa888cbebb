// How people are shown: their status in words and shapes, their roles, and through what they hold them.
import type { HeldRole, HoldingSource } from '#access/people/sources.ts'
import type { StatusReason, UserStatus } from '#directory/users.ts'
import { Time } from '#http/ui/time.tsx'
import { statusReasonWords } from '#words/status-reasons.ts'
import { Badge, type Tone } from './parts.tsx'

const statuses: Record<UserStatus, { label: string; tone: Tone }> = {
  active: { label: 'Active', tone: 'good' },
  invited: { label: 'Pending', tone: 'info' },
  inactive: { label: 'Inactive', tone: 'quiet' },
  erased: { label: 'Erased', tone: 'quiet' },
}

export const reasonWords: Record<StatusReason, string> = statusReasonWords

type Person = { id: string; userName: string; displayName: string | null; email: string | null }

/** The name of a person and their address below it. */
export const UserName = ({ user, isLink = true }: { user: Person; isLink?: boolean }) => {
  const name = user.displayName ?? user.userName
  const [local = '', ...domain] = (user.email ?? user.userName).split(/(?=@)/)
  return (
    <>
      {isLink ? <a href={`/console/users/${user.id}`}>{name}</a> : name}
      <div class="under">
        {local}
        {/* Where a narrow column breaks a long address first. */}
        <wbr />
        {domain.join('')}
      </div>
    </>
  )
}

export const StatusBadge = ({ status }: { status: UserStatus }) => (
  <Badge tone={statuses[status].tone}>{statuses[status].label}</Badge>
)

export const Status = ({ status, reason }: { status: UserStatus; reason: StatusReason | null }) => (
  <>
    <StatusBadge status={status} />
    {reason === null ? null : <div class="under">{reasonWords[reason]}</div>}
  </>
)

type Named = { id: string; name: string }

/** The first few of many, and how many more there are. */
export const NameList = ({
  names,
  empty = '—',
  most = 3,
}: {
  names: readonly Named[]
  empty?: string
  most?: number
}) => {
  if (names.length === 0) return <span class="text-secondary">{empty}</span>
  const more = names.length - most
  return (
    <span>
      {names
        .slice(0, most)
        .map(({ name }) => name)
        .join(', ')}
      {more > 0 ? <span class="text-secondary"> and {more} more</span> : null}
    </span>
  )
}

/** Through what a role is held. */
export const Source = ({ source }: { source: HoldingSource }) => {
  if (source.type === 'direct') return <DirectSource source={source} />
  return source.type === 'team' ? <TeamSource source={source} /> : <MappingSource source={source} />
}

const TeamSource = ({ source }: { source: Extract<HoldingSource, { type: 'team' }> }) => (
  <div>
    Team <a href={`/console/teams/${source.team.id}`}>{source.team.name}</a>
    <div class="under">
      {source.reason}
      {source.expiresAt === null ? null : (
        <>
          , until <Time at={source.expiresAt} />
        </>
      )}
    </div>
  </div>
)

const MappingSource = ({ source }: { source: Extract<HoldingSource, { type: 'mapping' }> }) => (
  <div>
    {source.filter === null ? (
      <>
        Group{' '}
        {source.path.map(({ id, displayName }, index) => (
          <>
            {index === 0 ? null : ' in '}
            <a href={`/console/groups/${id}`}>{displayName}</a>
          </>
        ))}
      </>
    ) : (
      <>
        Filter <code>{source.filter}</code>
      </>
    )}
    {source.since === null ? null : (
      <div class="under">
        since <Time at={source.since} />
      </div>
    )}
  </div>
)

const DirectSource = ({ source }: { source: Extract<HoldingSource, { type: 'direct' }> }) => (
  <div>
    Directly: {source.reason}
    <div class="under">
      since <Time at={source.since} />
      {source.expiresAt === null ? null : (
        <>
          , until <Time at={source.expiresAt} />
        </>
      )}
      {source.sponsor === null ? null : `, ${source.sponsor} vouches`}
    </div>
  </div>
)

/** A role with where it is held. */
export const heldName = ({ role, brand }: Pick<HeldRole, 'role' | 'brand'>, organization: string): string =>
  `${role.name} in ${brand?.name ?? organization}`
