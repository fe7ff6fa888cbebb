// My access: the roles that a person holds in the organization and in each brand, where each comes from, until when.

import type { OwnAccess, OwnAssignment } from '#access/people/own/own-access.ts'
import type { OwnChange } from '#access/people/own/own-changes.ts'
import type { OwnTeam } from '#access/people/own/own-teams.ts'
import type { OwnReview } from '#access/reviews/lines/own-lines.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { sourceToHolder } from '#words/role-sources.ts'
import { OwnTeams } from './team-pages.tsx'
import { actorInWords, changeInWords } from './words.ts'

const columns = ['Role', 'Where it comes from', 'Until']

const Until = ({ source }: Pick<OwnAssignment, 'source'>) => {
  if (source.type === 'mapping')
    return <>{source.filter === null ? 'As long as you are in the group' : 'As long as your profile says so'}</>
  if (source.type === 'team' && source.expiresAt === null) return <>As long as you are in the team</>
  if (source.expiresAt === null) return <>No end date</>
  return <Time at={source.expiresAt} />
}

const rowOf = ({ role, source, counts }: OwnAssignment) => [
  role.name,
  <>
    {sourceToHolder(source)}
    {counts ? null : <div class="text-secondary">Not in use: a higher role of yours counts here</div>}
  </>,
  <Until source={source} />,
]

type Scope = { title: string; held: OwnAssignment[] }

function scopesOf({ organization, assignments }: OwnAccess): Scope[] {
  const scopes = new Map<string, Scope>()
  for (const assignment of assignments) {
    const { id, name } = assignment.brand ?? { id: '', name: `All of ${organization.name}` }
    const scope = scopes.get(id) ?? { title: name, held: [] }
    scopes.set(id, { ...scope, held: [...scope.held, assignment] })
  }
  return [...scopes.values()]
}

/** Whom to ask for access. */
const askedBy = ({ organization }: OwnAccess): string =>
  organization.accessContact ?? `An administrator of ${organization.name}`

const Changes = ({ changes }: { changes: readonly OwnChange[] }) => (
  <>
    <h2>What has changed lately</h2>
    <Table
      caption="Changes of your access"
      columns={['What', 'By', 'When']}
      rows={changes.map((change) => [
        changeInWords(change),
        actorInWords(change.actor),
        <Time at={change.occurredAt} />,
      ])}
    />
  </>
)

/** What somebody is asking for: since when, or what was typed and what is wrong with it. */
type OwnRequest = { openSince: string | null; words?: string | undefined; error?: string | undefined }

const Ask = ({ access, request }: { access: OwnAccess; request: OwnRequest }) => (
  <>
    <h2 id="ask">Is something missing?</h2>
    {request.openSince === null ? (
      <PostForm action="/account/request">
        <Field
          name="words"
          label="What you need, and what for"
          value={request.words}
          error={request.error}
          hint={`The administrators of ${access.organization.name} are told. ${access.organization.accessContact === null ? '' : `You can also ask ${access.organization.accessContact}.`}`}
          maxlength={300}
        />
        <SubmitButton label="Ask for access" kind="secondary" />
      </PostForm>
    ) : (
      <Alert kind="info" title="You have asked for access">
        On <Time at={request.openSince} />. The administrators of {access.organization.name} have been told; you get a
        mail when they give you something.
      </Alert>
    )}
  </>
)

type AccessPageProps = {
  access: OwnAccess
  changes: readonly OwnChange[]
  teams: readonly OwnTeam[]
  request: OwnRequest
  reviews: readonly OwnReview[]
}

const Asked = ({ reviews }: { reviews: readonly OwnReview[] }) => {
  const waiting = reviews.reduce((sum, { unanswered }) => sum + unanswered, 0)
  return waiting === 0 ? null : (
    <Alert kind="info" title="You are asked to review what others may do">
      {counted(waiting, 'line waits', 'lines wait')} for your answer. <a href="/account/reviews">Review access</a>
    </Alert>
  )
}

export const AccessPage = ({ access, changes, teams, request, reviews }: AccessPageProps) => (
  <AccountPage
    section="access"
    name={access.name}
    organization={access.organization.name}
    timeZone={access.timeZone}
    isManager={access.isManager}
    isReviewer={reviews.length > 0}
    lead="What you may do, and why."
  >
    <Asked reviews={reviews} />
    {access.assignments.length === 0 ? (
      <EmptyState
        title="You have no roles yet"
        text={`You are signed in, but nothing has been opened for you. ${askedBy(access)} can do that.`}
      />
    ) : (
      scopesOf(access).map(({ title, held }) => (
        <>
          <h2>{title}</h2>
          <Table caption={`Your roles: ${title}`} columns={columns} rows={held.map(rowOf)} />
        </>
      ))
    )}
    <OwnTeams teams={teams} />
    <Ask {...{ access, request }} />
    {changes.length === 0 ? null : <Changes changes={changes} />}
  </AccountPage>
)
