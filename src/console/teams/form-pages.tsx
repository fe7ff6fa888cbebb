// Forms of teams: a new one, its name and leader, what fills it, and the role that it gets.
import type { TeamRecord } from '#access/grants/teams/teams.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { namedOptions, Select, TextArea } from '../ui/parts.tsx'
import { type RoleChoices, scopeOptions } from '../ui/role-choices.ts'
import { RolePurposes } from '../ui/role-purposes.tsx'

type Named = { id: string; name: string }

const trailOf = (team: TeamRecord) => [
  ...sectionTrail('teams'),
  { label: team.name, href: `/console/teams/${team.id}` },
]

type TeamFormProps = {
  frame: Frame
  /** Undefined for a new one. */
  team: TeamRecord | undefined
  state: FormState
  /** Where the person may make teams; empty where that is not asked. */
  scopes: readonly { value: string; label: string }[]
  parents: readonly Named[]
}

export const TeamFormPage = ({ frame, team, state, scopes, parents }: TeamFormProps) => (
  <ConsolePage
    frame={frame}
    section="teams"
    title={team === undefined ? 'New team' : `Edit ${team.name}`}
    lead={
      team === undefined
        ? 'People, roles and what fills it are added afterwards.'
        : 'You see what it does before it is saved.'
    }
    trail={team === undefined ? sectionTrail('teams') : trailOf(team)}
  >
    <PostForm action={team === undefined ? '/console/teams' : `/console/teams/${team.id}`} state={state} class="panel">
      <Field {...field(state, 'name')} label="Name" maxlength={200} />
      {team === undefined ? (
        <Select
          {...field(state, 'scope')}
          label="Of"
          options={scopes}
          hint="A team of a brand holds roles in that brand alone. This stays as it is."
        />
      ) : null}
      <Field
        {...field(state, 'leader')}
        label="Leader"
        maxlength={320}
        isOptional
        hint="The address or user name of somebody here. They are in the team, and may add people and take them out."
      />
      <Select
        {...field(state, 'parentId')}
        label="Within"
        empty="No other team"
        options={namedOptions(parents)}
        hint="Whoever is in this team is in that one, too."
      />
      <Buttons
        submit={team === undefined ? 'Create the team' : 'See what it does'}
        back={team === undefined ? '/console/teams' : `/console/teams/${team.id}`}
      />
    </PostForm>
  </ConsolePage>
)

type FillProps = { frame: Frame; team: TeamRecord; state: FormState; groups: readonly Named[] }

export const FillTeamPage = ({ frame, team, state, groups }: FillProps) => (
  <ConsolePage
    frame={frame}
    section="teams"
    title={`What fills ${team.name}`}
    lead="Whoever is in the group, or fits the filter, is in the team, now and in future."
    trail={trailOf(team)}
  >
    <PostForm action={`/console/teams/${team.id}/fill`} state={state} class="panel">
      <Choice
        name="kind"
        legend="Who"
        value={state.values['kind']}
        options={[
          { value: 'group', label: 'The members of a group, those of groups within it included' },
          { value: 'filter', label: 'Everybody whose profile fits a filter' },
        ]}
      />
      <Select {...field(state, 'groupId')} label="Group" empty="Choose" options={namedOptions(groups)} />
      <Field
        {...field(state, 'filter')}
        label="Filter"
        maxlength={1_000}
        isOptional
        hint={
          <>
            As in SCIM, such as <code>department eq "Press"</code>
          </>
        }
      />
      <Buttons submit="Preview members" back={`/console/teams/${team.id}`} />
    </PostForm>
  </ConsolePage>
)

type GiveProps = { frame: Frame; team: TeamRecord; state: FormState; choices: RoleChoices }

export const GiveTeamRolePage = ({ frame, team, state, choices }: GiveProps) => (
  <ConsolePage
    frame={frame}
    section="teams"
    title={`Give ${team.name} a role`}
    lead="Everybody in the team holds it, and whoever joins later."
    trail={trailOf(team)}
  >
    <PostForm action={`/console/teams/${team.id}/give`} state={state} class="panel">
      <Select {...field(state, 'roleId')} label="Role" empty="Choose" options={choices.roles} />
      {team.brand === null ? (
        <Select
          {...field(state, 'scope')}
          label="Where"
          options={scopeOptions(choices, frame.manager.organization.name)}
        />
      ) : null}
      <TextArea {...field(state, 'reason')} label="Reason" maxlength={1_000} />
      <Field {...field(state, 'expiresAt')} label="Until" type="date" isOptional hint="The end of that day, UTC." />
      <Buttons submit="See who gains what" back={`/console/teams/${team.id}`} />
      <RolePurposes choices={choices} />
    </PostForm>
  </ConsolePage>
)
