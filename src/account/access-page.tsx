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
import { Say, useReader, useWords } from '#http/ui/reader.tsx'
import { Time } from '#http/ui/time.tsx'
import { sourceToHolder } from '#words/role-sources.ts'
import { OwnTeams } from './team-pages.tsx'
import { actorInWords, changeInWords } from './words.ts'

const Until = ({ source }: Pick<OwnAssignment, 'source'>) => {
  if (source.type === 'mapping')
    return <Say of={source.filter === null ? 'access.whileInGroup' : 'access.whileProfile'} />
  if (source.type === 'team' && source.expiresAt === null) return <Say of="access.whileInTeam" />
  if (source.expiresAt === null) return <Say of="access.noEnd" />
  return <Time at={source.expiresAt} />
}

const Source = ({ source, counts }: Pick<OwnAssignment, 'source' | 'counts'>) => (
  <>
    {sourceToHolder(source, useReader().language)}
    {counts ? null : (
      <div class="text-secondary">
        <Say of="access.notInUse" />
      </div>
    )}
  </>
)

type Scope = { title: string; held: OwnAssignment[] }

function scopesOf({ assignments }: OwnAccess, everywhere: string): Scope[] {
  const scopes = new Map<string, Scope>()
  for (const assignment of assignments) {
    const { id, name } = assignment.brand ?? { id: '', name: everywhere }
    const scope = scopes.get(id) ?? { title: name, held: [] }
    scopes.set(id, { ...scope, held: [...scope.held, assignment] })
  }
  return [...scopes.values()]
}

const Held = ({ access }: { access: OwnAccess }) => {
  const words = useWords()
  const { name: organization } = access.organization
  if (access.assignments.length === 0) {
    const who = access.organization.accessContact ?? words('mail.administrator', { organization })
    return <EmptyState title={words('access.none')} text={words('access.noneText', { who })} />
  }
  const columns = [words('access.role'), words('access.source'), words('access.until')]
  return (
    <>
      {scopesOf(access, words('access.everywhere', { organization })).map(({ title, held }) => (
        <>
          <h2>{title}</h2>
          <Table
            caption={words('access.caption', { place: title })}
            columns={columns}
            rows={held.map(({ role, source, counts }) => [
              role.name,
              <Source {...{ source, counts }} />,
              <Until source={source} />,
            ])}
          />
        </>
      ))}
    </>
  )
}

const Changes = ({ changes }: { changes: readonly OwnChange[] }) => {
  const words = useWords()
  const { language } = useReader()
  return (
    <>
      <h2>{words('access.recent')}</h2>
      <Table
        caption={words('access.changes')}
        columns={[words('access.what'), words('access.by'), words('access.when')]}
        rows={changes.map((change) => [
          changeInWords(change, language),
          actorInWords(change.actor, language),
          <Time at={change.occurredAt} />,
        ])}
      />
    </>
  )
}

/** What somebody is asking for: since when, or what was typed and what is wrong with it. */
type OwnRequest = { openSince: string | null; words?: string | undefined; error?: string | undefined }

const Ask = ({ access, request }: { access: OwnAccess; request: OwnRequest }) => {
  const words = useWords()
  const { name: organization, accessContact: contact } = access.organization
  const told = words('access.told', { organization })
  return (
    <>
      <h2 id="ask">{words('access.missing')}</h2>
      {request.openSince === null ? (
        <PostForm action="/account/request">
          <Field
            name="words"
            label={words('access.need')}
            value={request.words}
            error={request.error}
            hint={contact === null ? told : `${told} ${words('access.contact', { contact })}`}
            maxlength={300}
          />
          <SubmitButton label={words('frame.askForAccess')} kind="secondary" />
        </PostForm>
      ) : (
        <Alert kind="info" title={words('access.asked')}>
          <Say of="access.askedText" values={{ organization, time: () => <Time at={request.openSince} /> }} />
        </Alert>
      )}
    </>
  )
}

type AccessPageProps = {
  access: OwnAccess
  changes: readonly OwnChange[]
  teams: readonly OwnTeam[]
  request: OwnRequest
  reviews: readonly OwnReview[]
}

const Asked = ({ reviews }: { reviews: readonly OwnReview[] }) => {
  const words = useWords()
  const count = reviews.reduce((sum, { unanswered }) => sum + unanswered, 0)
  return count === 0 ? null : (
    <Alert kind="info" title={words('access.review')}>
      {words('access.reviewText', { count })} <a href="/account/reviews">{words('access.reviewLink')}</a>
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
    lead={<Say of="access.lead" />}
  >
    <Asked reviews={reviews} />
    <Held access={access} />
    <OwnTeams teams={teams} />
    <Ask {...{ access, request }} />
    {changes.length === 0 ? null : <Changes changes={changes} />}
  </AccountPage>
)
