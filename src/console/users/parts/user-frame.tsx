// What all pages about one person share: who it is, how things stand with them, and the pages side by side.
import type { Child } from 'hono/jsx'
import type { ListedUser } from '#access/people/list-users.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { Alert, Facts } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { brandsPermitted, type CallContext, isPermitted } from '#src/context.ts'
import type { Frame } from '../../ui/env.ts'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Badge, ButtonForm, Tabs } from '../../ui/parts.tsx'
import { reasonWords, StatusBadge } from '../../ui/people.tsx'

export type UserTab = 'access' | 'past' | 'sessions' | 'sign-ins' | 'audit'

export type UserFrameProps = {
  frame: Frame
  user: ListedUser
  tab: UserTab
  children?: Child
}

export const nameOf = ({ displayName, userName }: Pick<ListedUser, 'displayName' | 'userName'>): string =>
  displayName ?? userName

export const userTrail = (user: ListedUser) => [
  ...sectionTrail('users'),
  { label: nameOf(user), href: `/console/users/${user.id}` },
]

export const UserFrame = ({ frame, user, tab, children }: UserFrameProps) => (
  <ConsolePage
    frame={frame}
    section="users"
    title={nameOf(user)}
    lead={user.email === null || user.email === user.userName ? user.userName : `${user.email} (${user.userName})`}
    trail={sectionTrail('users')}
    actions={<UserActions ctx={frame.ctx} user={user} />}
  >
    {user.isEmergencyAccount ? <Sealed /> : null}
    <div class="panel">
      <Facts facts={factsOf(frame.ctx, user)} />
    </div>
    <Tabs label={`About ${nameOf(user)}`} links={tabsOf(frame.ctx, user, tab)} />
    {children}
  </ConsolePage>
)

const Sealed = () => (
  <Alert kind="info" title="This is an emergency account">
    It is nobody’s, and left out wherever people are listed or counted. Where it is looked after:{' '}
    <a href="/console/emergency">Emergency access</a>.
  </Alert>
)

function factsOf(ctx: CallContext, user: ListedUser) {
  const { status, statusReason, directory, lastActiveAt, returnsAt, createdAt, isEmergencyAccount } = user
  return [
    {
      term: 'Status',
      value: (
        <>
          <StatusBadge status={status} />
          {isEmergencyAccount ? (
            <>
              {' '}
              <Badge tone="warning">Emergency account</Badge>
            </>
          ) : null}
          {statusReason === null ? null : ` ${reasonWords[statusReason]}`}
          {user.isHeldByDirectory ? ', and by their identity provider, too' : null}
          {returnsAt === null ? null : (
            <>
              , until <Time at={returnsAt} />
            </>
          )}
        </>
      ),
    },
    {
      term: 'Comes from',
      value:
        directory === null ? (
          'Here: no identity provider manages them'
        ) : (
          <a href={`/console/directories/${directory.id}`}>{directory.name}</a>
        ),
    },
    {
      term: 'Last activity',
      value: (
        <>
          <Time at={lastActiveAt} empty="Never" />
          {isPermitted(ctx, 'users.read') && status === 'active' && !isEmergencyAccount ? (
            <>
              {' '}
              (<a href={`/console/users/${user.id}/inactivity`}>the rule on inactivity</a>)
            </>
          ) : null}
        </>
      ),
    },
    { term: 'Since', value: <Time at={createdAt} /> },
  ]
}

function tabsOf(ctx: CallContext, { id }: ListedUser, tab: UserTab) {
  const href = `/console/users/${id}`
  const links: { key: UserTab; label: string; href: string; isOpen: boolean }[] = [
    { key: 'access', label: 'Access', href, isOpen: true },
    { key: 'past', label: 'As it was', href: `${href}/past`, isOpen: true },
    { key: 'sessions', label: 'Sessions', href: `${href}/sessions`, isOpen: isPermitted(ctx, 'sessions.read') },
    { key: 'sign-ins', label: 'Sign-ins', href: `${href}/sign-ins`, isOpen: isPermitted(ctx, 'sign_ins.read') },
    { key: 'audit', label: 'History', href: `${href}/audit`, isOpen: isPermitted(ctx, 'audit.read') },
  ]
  return links
    .filter(({ isOpen }) => isOpen)
    .map(({ key, label, href: to }) => ({ label, href: to, isCurrent: key === tab }))
}

const UserActions = ({ ctx, user }: { ctx: CallContext; user: ListedUser }) => {
  const href = `/console/users/${user.id}`
  const mayWrite = isPermitted(ctx, 'users.write')
  const isActive = user.status === 'active' || user.status === 'invited'
  return (
    <>
      {brandsPermitted(ctx, 'assignments.write').length > 0 && isActive ? (
        <PrimaryLink href={`${href}/give`}>Give a role</PrimaryLink>
      ) : null}
      {mayWrite && user.status === 'invited' && user.invitationId === null ? (
        <ButtonForm action={`${href}/approve`} label="Let them in" />
      ) : null}
      {user.invitationId === null ? null : (
        <LinkButton href={`/console/invitations/${user.invitationId}`}>Invitation</LinkButton>
      )}
      {mayWrite ? <LinkButton href={`${href}/edit`}>Edit</LinkButton> : null}
      {isPermitted(ctx, 'users.read') && isPermitted(ctx, 'audit.read') ? (
        <LinkButton href={`${href}/personal-data`}>Personal data</LinkButton>
      ) : null}
      {mayWrite ? <StatusActions {...{ href, user, isActive }} /> : null}
    </>
  )
}

const StatusActions = ({ href, user, isActive }: { href: string; user: ListedUser; isActive: boolean }) => (
  <>
    {user.status === 'active' && !user.isEmergencyAccount ? (
      <LinkButton href={`${href}/absence`}>Absence</LinkButton>
    ) : null}
    {isActive ? <LinkButton href={`${href}/deactivate`}>Deactivate</LinkButton> : null}
    {user.isEmergencyAccount ? null : <LinkButton href={`${href}/delete`}>Delete</LinkButton>}
    {user.status === 'inactive' ? <PrimaryLink href={`${href}/reactivate`}>Reactivate</PrimaryLink> : null}
  </>
)
