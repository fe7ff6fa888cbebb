// A person's own team: who is in it. For the one who leads it, adding people and taking them out, with what that does first.
import type { OwnAccess } from '#access/people/own/own-access.ts'
import type { Colleague, OwnTeam, OwnTeamPage } from '#access/people/own/own-teams.ts'
import type { AccessChange } from '#access/previews/change.ts'
import type { Preview } from '#access/previews/shown.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { Buttons, SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { useWords } from '#http/ui/reader.tsx'
import { wayWords } from '#words/team-ways.ts'

type Person = { access: OwnAccess }

const Frame = ({ access, lead, children }: Person & { lead: string; children?: unknown }) => (
  <AccountPage
    section="access"
    name={access.name}
    organization={access.organization.name}
    timeZone={access.timeZone}
    isManager={access.isManager}
    lead={lead}
  >
    {children as never}
  </AccountPage>
)

/** The teams of a person, on the page of their access. */
export const OwnTeams = ({ teams }: { teams: readonly OwnTeam[] }) => {
  const words = useWords()
  return teams.length === 0 ? null : (
    <>
      <h2>{words('access.teams')}</h2>
      <Table
        caption={words('access.teams')}
        columns={[words('access.team'), words('access.where'), words('access.leader')]}
        rows={teams.map(({ id, name, brand, leader, isLed }) => [
          <a href={`/account/teams/${id}`}>{name}</a>,
          brand ?? words('access.whole'),
          <>
            {leader ?? words('access.nobody')}
            {isLed ? <div class="text-secondary">{words('access.mayChange')}</div> : null}
          </>,
        ])}
      />
    </>
  )
}

/** Whom it takes more than a leader to take out. */
const isByHand = ({ ways }: Colleague): boolean => ways?.some(({ way }) => way === 'hand') === true

const Remove = ({ team, person }: { team: OwnTeam; person: Colleague }) => (
  <PostForm action={`/account/teams/${team.id}/members/remove`} hidden={{ userId: person.id }}>
    <button type="submit" class="btn btn-sm">
      Take out<span class="visually-hidden"> {person.name}</span>
    </button>
  </PostForm>
)

type TeamPageProps = Person & { page: OwnTeamPage; state: FormState; isDone: boolean }

export const OwnTeamPageView = ({ access, page: { team, people, nextCursor }, state, isDone }: TeamPageProps) => (
  <Frame access={access} lead={`The team ${team.name}${team.brand === null ? '' : ` in ${team.brand}`}.`}>
    {isDone ? <Alert kind="success" title="Saved" /> : null}
    <h2>Who is in {team.name}</h2>
    {people.length === 0 ? (
      <EmptyState title="Nobody is in it yet" text="Whoever is added is listed here." />
    ) : (
      <Table
        caption={`People of ${team.name}`}
        columns={['Name', 'Part', ...(team.isLed ? ['How they are in', { label: 'Change', isSilent: true }] : [])]}
        rows={people.map((person) => [
          person.name,
          person.isLeader ? 'Leader' : 'Member',
          ...(team.isLed
            ? [wayWords(person.ways ?? []), isByHand(person) ? <Remove {...{ team, person }} /> : '']
            : []),
        ])}
      />
    )}
    {nextCursor === null ? null : (
      <p>
        <SmallLink href={`/account/teams/${team.id}?cursor=${nextCursor}`}>Next page</SmallLink>
      </p>
    )}
    {team.isLed ? (
      <>
        <h2>Add somebody</h2>
        <PostForm action={`/account/teams/${team.id}/members`} state={state}>
          <Field
            {...field(state, 'name')}
            label="Their address"
            type="email"
            maxlength={320}
            hint="You are shown what they get by it, before they are added. You give nobody more than you may yourself."
          />
          <SubmitButton label="See what they get" />
        </PostForm>
      </>
    ) : null}
    <p class="mt-3">
      <a href="/account">Back to my access</a>
    </p>
  </Frame>
)

type ConfirmProps = Person & {
  team: OwnTeam
  name: string
  change: Extract<AccessChange, { kind: 'add_team_members' | 'remove_team_members' }>
  preview: Preview
  isStale: boolean
}

const namesOf = (roles: readonly { name: string }[]): string => roles.map(({ name }) => name).join(', ')

export const OwnTeamConfirmPage = ({ access, team, name, change, preview, isStale }: ConfirmProps) => {
  const isAdding = change.kind === 'add_team_members'
  const effects = preview.entries.map(({ brand, rolesGained, rolesLost }) => {
    const where = brand === null ? access.organization.name : brand === 'others' ? 'other brands' : brand.name
    return isAdding ? `${namesOf(rolesGained)} in ${where}` : `${namesOf(rolesLost)} in ${where}`
  })
  return (
    <Frame access={access} lead="Nothing is changed yet. This is what it would do, as of now.">
      {isStale ? (
        <Alert kind="warning" title="Something has changed since you looked">
          This is what it would do now. Look at it again.
        </Alert>
      ) : null}
      <h2>{isAdding ? `Add ${name} to ${team.name}` : `Take ${name} out of ${team.name}`}</h2>
      {effects.length === 0 ? (
        <p>What {name} may do stays as it is now.</p>
      ) : (
        <>
          <p>{isAdding ? `${name} gets:` : `${name} loses:`}</p>
          <ul>
            {effects.map((effect) => (
              <li>{effect}</li>
            ))}
          </ul>
        </>
      )}
      <PostForm
        action={`/account/teams/${team.id}/members/${isAdding ? 'add' : 'remove'}`}
        hidden={{ userId: change.userIds[0], hash: preview.hash }}
      >
        <Buttons
          submit={isAdding ? 'Add them' : 'Take them out'}
          kind={isAdding ? 'primary' : 'danger'}
          back={`/account/teams/${team.id}`}
          leave="Cancel"
        />
      </PostForm>
    </Frame>
  )
}
