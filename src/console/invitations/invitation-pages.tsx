// The pages of invitations: the list, and one with what became of it.
import type { InvitationRecord, InvitationStatus } from '#access/invitations/invitations.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { brandsPermitted, isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Found, Search } from '../ui/list.tsx'
import { Badge, ButtonForm, CopyField, Panel, Select, type Tone } from '../ui/parts.tsx'

const statuses: Record<InvitationStatus, { label: string; tone: Tone }> = {
  pending: { label: 'Pending', tone: 'info' },
  expired: { label: 'Expired', tone: 'warning' },
  accepted: { label: 'Accepted', tone: 'good' },
  cancelled: { label: 'Cancelled', tone: 'quiet' },
  withdrawn: { label: 'Withdrawn', tone: 'quiet' },
}

export const isStatus = (text: string): text is InvitationStatus => Object.hasOwn(statuses, text)

const deliveries: Record<string, { label: string; tone: Tone }> = {
  queued: { label: 'On its way', tone: 'info' },
  sent: { label: 'Delivered', tone: 'good' },
  failed: { label: 'Not delivered', tone: 'bad' },
  kept: { label: 'In the outbox', tone: 'warning' },
}

const Delivery = ({ delivery }: Pick<InvitationRecord, 'delivery'>) => {
  if (delivery === null) return <span class="text-secondary">No mail</span>
  const { label, tone } = deliveries[delivery.status] ?? { label: delivery.status, tone: 'quiet' as const }
  return (
    <>
      <Badge tone={tone}>{label}</Badge>
      {delivery.lastError === null ? null : <div class="under">{delivery.lastError}</div>}
    </>
  )
}

const StatusWord = ({ status }: { status: InvitationStatus }) => (
  <Badge tone={statuses[status].tone}>{statuses[status].label}</Badge>
)

type ListProps = {
  frame: Frame
  items: readonly InvitationRecord[]
  total: number
  /** The last one shown, where there are more. */
  next: string | undefined
  q: string
  status: string
  brand: string
  isFirst: boolean
}

export const InvitationsPage = (props: ListProps) => {
  const { frame, items, total, next, q, status, brand, isFirst } = props
  const mayInvite = brandsPermitted(frame.ctx, 'invitations.write').length > 0
  return (
    <ConsolePage
      frame={frame}
      section="invitations"
      title="Invitations"
      lead="Who was asked to join, to what, and what became of it."
      actions={mayInvite ? <InviteLinks /> : null}
    >
      <Search action="/console/invitations" q={q} placeholder="Name or address">
        <Select
          name="status"
          label="Status"
          value={status}
          empty="Any"
          options={Object.entries(statuses).map(([value, { label }]) => ({ value, label }))}
        />
        {brand === '' ? null : <input type="hidden" name="brand" value={brand} />}
      </Search>
      <Found
        path="/console/invitations"
        query={{ q, status, brand }}
        param="before"
        isFirst={isFirst}
        found={{ items, total, nextCursor: next }}
        empty={
          <EmptyState
            title={q === '' && status === '' ? 'Nobody is invited' : 'No invitations match'}
            text={
              q === '' && status === ''
                ? 'Invite people by their address: they choose how they sign in, and what they will hold waits for them.'
                : 'Try fewer filters.'
            }
          >
            {mayInvite ? <InviteLinks /> : null}
          </EmptyState>
        }
      >
        <Table
          caption="Invitations"
          columns={['Who', 'To what', 'Status', 'Sent', 'Good until', 'Mail']}
          rows={items.map((invitation) => [
            <>
              <a href={`/console/invitations/${invitation.id}`}>{invitation.email}</a>
              {invitation.displayName === null ? null : <div class="under">{invitation.displayName}</div>}
            </>,
            <Roles invitation={invitation} organization={frame.manager.organization.name} />,
            <StatusWord status={invitation.status} />,
            <>
              <Time at={invitation.createdAt} />
              <div class="under">
                by {invitation.inviter ?? 'an operator'}
                {invitation.sentCount > 1 ? `, ${invitation.sentCount} times` : ''}
              </div>
            </>,
            <Time at={invitation.expiresAt} />,
            <Delivery delivery={invitation.delivery} />,
          ])}
        />
      </Found>
    </ConsolePage>
  )
}

const InviteLinks = () => (
  <>
    <PrimaryLink href="/console/invitations/new">Invite somebody</PrimaryLink>
    <LinkButton href="/console/invitations/bulk">Invite many</LinkButton>
  </>
)

export const Roles = ({
  invitation: { roles, overrides },
  organization,
}: {
  invitation: Pick<InvitationRecord, 'roles' | 'overrides'>
  organization: string
}) => {
  if (roles.length === 0) return <span class="text-secondary">Nothing now</span>
  return (
    <ul class="role-list">
      {roles.slice(0, 4).map(({ role, brand, expiresAt }) => (
        <li>
          {role.name} in {brand?.name ?? organization}
          {expiresAt === null ? null : (
            <div class="under">
              until <Time at={expiresAt} />
            </div>
          )}
        </li>
      ))}
      {roles.length > 4 ? <li class="text-secondary">and {roles.length - 4} more</li> : null}
      {overrides.map(({ permission, effect, brand }) => (
        <li>
          {effect === 'allow' ? 'may' : 'may not'} <code>{permission}</code> in {brand?.name ?? organization}
        </li>
      ))}
    </ul>
  )
}

type InvitationProps = {
  frame: Frame
  invitation: InvitationRecord
  /** The link that it is accepted by, where it was asked for; null where it is not for the reader. */
  link?: string | null
}

export const InvitationPage = ({ frame, invitation, link }: InvitationProps) => {
  const { id, email, displayName, status, note, userId, inviter, roles } = invitation
  const isOpen = status === 'pending' || status === 'expired'
  const mayChange =
    isOpen &&
    (isPermitted(frame.ctx, 'invitations.write') ||
      (roles.length > 0 && roles.every(({ brand }) => isPermitted(frame.ctx, 'invitations.write', brand?.id))))
  return (
    <ConsolePage
      frame={frame}
      section="invitations"
      title={email}
      lead={displayName ?? undefined}
      trail={sectionTrail('invitations')}
      actions={
        mayChange ? (
          <ButtonForm action={`/console/invitations/${id}/resend`} label="Send a new link" kind="btn-primary" />
        ) : null
      }
    >
      {invitation.delivery?.status === 'kept' && status === 'pending' ? (
        <HandOn {...{ id, link }} mayRead={mayChange && isPermitted(frame.ctx, 'mails.read')} />
      ) : null}
      <div class="panel">
        <Facts
          facts={[
            { term: 'Status', value: <StatusWord status={status} /> },
            {
              term: 'What they get',
              value: <Roles invitation={invitation} organization={frame.manager.organization.name} />,
            },
            { term: 'Invited by', value: inviter ?? 'An operator' },
            { term: 'Invited', value: <Time at={invitation.createdAt} /> },
            { term: 'The link is good until', value: <Time at={invitation.expiresAt} /> },
            ...(invitation.acceptedAt === null
              ? []
              : [{ term: 'Accepted', value: <Time at={invitation.acceptedAt} /> }]),
            { term: 'Mail', value: <Delivery delivery={invitation.delivery} /> },
            ...(note === null ? [] : [{ term: 'Note', value: note }]),
            ...(brandsPermitted(frame.ctx, 'users.read').length === 0
              ? []
              : [{ term: 'Person', value: <a href={`/console/users/${userId}`}>{displayName ?? email}</a> }]),
          ]}
        />
      </div>
      {mayChange ? (
        <Panel title="Cancel it" lead="The link is void at once, and what it would have brought is gone.">
          <ButtonForm action={`/console/invitations/${id}/cancel`} label="Cancel the invitation" kind="btn-danger" />
        </Panel>
      ) : null}
    </ConsolePage>
  )
}

/** Without a mail server somebody has to bring the link. */
const HandOn = ({ id, link, mayRead }: { id: string; link: string | null | undefined; mayRead: boolean }) => (
  <Panel title="Hand the link on yourself" lead="There is no mail server, so nothing was sent.">
    {typeof link === 'string' ? (
      <CopyField id="link" label="For them alone, good once" value={link} hint="Whoever has it can use it." />
    ) : link === null ? (
      <p>The link is shown to whoever may do at least as much as they will.</p>
    ) : mayRead ? (
      <ButtonForm action={`/console/invitations/${id}/link`} label="Show the link" kind="btn-primary" />
    ) : (
      <p>An administrator can show it here.</p>
    )}
  </Panel>
)
