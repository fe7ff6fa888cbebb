// Teams: the list, and one with its people, roles and assets. What changes access goes by way of a preview.
import { type Context, Hono } from 'hono'
import { listAssets } from '#access/grants/assets/assets.ts'
import { listBrands } from '#access/grants/brands/brands.ts'
import { listLeftOut } from '#access/grants/teams/left-out.ts'
import { listTeamPeople } from '#access/grants/teams/team-people.ts'
import { listTeamRoles } from '#access/grants/teams/team-roles.ts'
import { listTeamSources } from '#access/grants/teams/team-sources.ts'
import { getTeam, listTeams, type TeamRecord } from '#access/grants/teams/teams.ts'
import { listGroups } from '#access/people/list-groups.ts'
import { searchUsers } from '#access/people/list-users.ts'
import { personNamed } from '#access/people/own/own-teams.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { confirmChange } from '#access/previews/preview.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import {
  brandsPermitted,
  type CallContext,
  isPermitted,
  requirePermissionIn,
  requirePermissionSomewhere,
} from '#src/context.ts'
import { type Proposal, showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { emptyForm, endOfDay, faultAt, filledForm, textOf } from '../ui/forms.ts'
import { brandOfScope, organizationScope, roleChoices } from '../ui/role-choices.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { FillTeamPage, GiveTeamRolePage, TeamFormPage } from './form-pages.tsx'
import { TeamPage } from './team-page.tsx'
import { TeamsPage } from './teams-page.tsx'

const foundPeople = 10
const shownAssets = 50
/** To choose from in one list. */
const shownChoices = 1_000

/** @returns an app to be mounted at `/console/teams` */
export function createTeams(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const { q = '', brand = '', cursor } = c.req.query()
    const filter = { ...(q === '' ? {} : { q }), ...(brand === '' ? {} : { brandId: brand }) }
    const [found, brands] = await Promise.all([listTeams(frame.ctx, { filter, cursor }), seenBrands(frame.ctx)])
    return renderPage(c, <TeamsPage {...{ frame, found, q, brand, cursor, brands }} />)
  })

  pages.get('/new', (c) => {
    requirePermissionSomewhere(c.get('ctx'), 'teams.write')
    return showForm(c, undefined, filledForm({ scope: c.req.query('brand') }))
  })

  pages.post('/', (c) =>
    submit(c, { again: (state) => showForm(c, undefined, state) }, async (form) => {
      const brandId = brandOfScope(textOf(form, 'scope'))
      const fields = { ...(await fieldsOf(c.get('ctx'), form)), brandId }
      const change = { kind: 'create_team', ...fields } as const
      if (fields.parentId !== null && fields.leaderId !== null)
        return showPreview(c, {
          ...{ section: 'teams', title: `The new team ${fields.name}`, change },
          ...{ next: '/console/teams?done=created', back: '/console/teams/new' },
        })
      const [made] = await confirmChange(c.get('ctx'), change, undefined)
      return `/console/teams/${made?.id ?? ''}?done=created`
    }),
  )

  pages.get('/:id', (c) => showTeam(c, c.req.param('id')))
  pages.get('/:id/edit', async (c) => {
    const team = await writable(c)
    const values = { name: team.name, leader: team.leader?.userName, parentId: team.parent?.id }
    return showForm(c, team, filledForm(values))
  })

  pages.post('/:id', async (c) => {
    const team = await writable(c)
    return submit(c, { again: (state) => showForm(c, team, state) }, async (form) => {
      const { name, ...placed } = await fieldsOf(c.get('ctx'), form)
      const isMoved = placed.parentId !== (team.parent?.id ?? null) || placed.leaderId !== (team.leader?.id ?? null)
      const change = { kind: 'update_team', teamId: team.id, name, ...(isMoved ? placed : {}) } as const
      if (isMoved) return showPreview(c, proposal(team, `Change ${team.name}`, change))
      await confirmChange(c.get('ctx'), change, undefined)
      return `/console/teams/${team.id}?done=saved`
    })
  })

  pages.get('/:id/fill', async (c) => showFill(c, await writable(c), emptyForm))
  pages.post('/:id/fill', async (c) => {
    const team = await writable(c)
    return submit(c, { again: (state) => showFill(c, team, state) }, async (form) => {
      const sources = [sourceOf(form)]
      return showPreview(
        c,
        proposal(team, `Who fills ${team.name}`, { kind: 'fill_team', teamId: team.id, sources }),
      ).catch(asFilterFault)
    })
  })

  pages.get('/:id/give', async (c) => showGive(c, await getTeam(c.get('ctx'), c.req.param('id')), emptyForm))
  pages.post('/:id/give', async (c) => {
    const team = await getTeam(c.get('ctx'), c.req.param('id'))
    return submit(c, { again: (state) => showGive(c, team, state) }, async (form) => {
      const roleId = textOf(form, 'roleId')
      if (roleId === undefined) throw faultAt('roleId', 'Choose a role')
      const reason = textOf(form, 'reason')
      if (reason === undefined) throw faultAt('reason', 'Say why the team has it')
      const brandId = team.brand?.id ?? brandOfScope(textOf(form, 'scope'))
      const roles = [{ roleId, brandId, reason, expiresAt: endOfDay(form, 'expiresAt') ?? null }]
      return showPreview(
        c,
        proposal(team, `A role for ${team.name}`, { kind: 'give_team_roles', teamId: team.id, roles }),
      )
    })
  })

  for (const [path, propose] of Object.entries(proposals))
    pages.post(`/:id/${path}`, async (c) => {
      const team = await getTeam(c.get('ctx'), c.req.param('id') ?? '')
      return showPreview(c, propose(team, await readForm(c)))
    })
  return pages
}

const proposal = (team: TeamRecord, title: string, change: AccessChange): Proposal => ({
  ...{ section: 'teams', title, change, next: `/console/teams/${team.id}` },
  back: `/console/teams/${team.id}`,
})

/** What is changed by a button alone. */
const proposals: Record<string, (team: TeamRecord, form: Form) => Proposal> = {
  members: (team, { member = '', name = 'somebody' }) =>
    proposal(team, `Add ${name} to ${team.name}`, { kind: 'add_team_members', teamId: team.id, userIds: [member] }),
  'members/remove': (team, { member = '', name = 'somebody' }) =>
    proposal(team, `Take ${name} out of ${team.name}`, {
      ...{ kind: 'remove_team_members', teamId: team.id },
      userIds: [member],
    }),
  'left-out': (team, { member = '', name = 'somebody' }) =>
    proposal(team, `Leave ${name} out of ${team.name}`, {
      ...{ kind: 'leave_out_of_team', teamId: team.id, userId: member },
      reason: 'Left out on the page of the team',
    }),
  'left-out/end': (team, { member = '', name = 'somebody' }) =>
    proposal(team, `Let ${name} into ${team.name} again`, {
      ...{ kind: 'let_into_team', teamId: team.id, userId: member },
    }),
  unfill: (team, { source = '' }) =>
    proposal(team, `${team.name} is filled by less`, { kind: 'unfill_team', teamId: team.id, sourceIds: [source] }),
  'roles/take': (team, { role = '' }) =>
    proposal(team, `Take a role back from ${team.name}`, { kind: 'take_team_roles', teamRoleIds: [role] }),
  delete: (team) => ({
    ...proposal(team, `Delete the team ${team.name}`, { kind: 'delete_team', teamId: team.id }),
    ...{ word: team.name, next: '/console/teams?done=deleted' },
  }),
}

/** @throws AppError forbidden; not_found */
async function writable(c: Context<ConsoleEnv>): Promise<TeamRecord> {
  const team = await getTeam(c.get('ctx'), c.req.param('id') ?? '')
  requirePermissionIn(c.get('ctx'), 'teams.write', team.brand?.id ?? null)
  return team
}

const seenBrands = (ctx: CallContext): Promise<{ id: string; name: string }[]> =>
  brandsPermitted(ctx, 'brands.read').length > 0 ? listBrands(ctx, { limit: shownChoices }) : Promise.resolve([])

async function fieldsOf(ctx: CallContext, form: Form) {
  const leader = textOf(form, 'leader')
  const found = leader === undefined ? undefined : await leaderNamed(ctx, leader)
  return { name: form['name'] ?? '', leaderId: found?.id ?? null, parentId: textOf(form, 'parentId') ?? null }
}

const leaderNamed = (ctx: CallContext, name: string) =>
  personNamed(ctx, name).catch((error: unknown): never => {
    throw error instanceof AppError && error.code === 'invalid'
      ? faultAt('leader', 'Nobody here has this address or user name')
      : error
  })

function sourceOf(form: Form): { groupId: string } | { filter: string } {
  const isFilter = form['kind'] === 'filter'
  const whose = textOf(form, isFilter ? 'filter' : 'groupId')
  if (whose !== undefined) return isFilter ? { filter: whose } : { groupId: whose }
  throw isFilter ? faultAt('filter', 'Choose a person') : faultAt('groupId', 'Choose a group')
}

const asFilterFault = (error: unknown): never => {
  throw error instanceof AppError && error.reason === 'invalidFilter' ? faultAt('filter', error.message) : error
}

async function showTeam(c: Context<ConsoleEnv>, teamId: string): Promise<Response> {
  const frame = frameOf(c)
  const { ctx } = frame
  const { q = '', cursor } = c.req.query()
  const team = await getTeam(ctx, teamId)
  const [people, sources, roles, leftOut, assets] = await Promise.all([
    listTeamPeople(ctx, { teamId, cursor }),
    listTeamSources(ctx, teamId),
    listTeamRoles(ctx, teamId),
    listLeftOut(ctx, teamId),
    isPermitted(ctx, 'assets.read', team.brand?.id ?? null)
      ? listAssets(ctx, { filter: { teamId }, limit: shownAssets })
      : { items: [] },
  ])
  const order = { sort: 'name', direction: 'asc' } as const
  const found = q === '' ? undefined : await searchUsers(ctx, { filter: { q }, order, limit: foundPeople })
  return renderPage(
    c,
    <TeamPage {...{ frame, team, people, cursor, sources, roles, leftOut, q, found }} assets={assets.items} />,
  )
}

async function showForm(c: Context<ConsoleEnv>, team: TeamRecord | undefined, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [brands, teams] = await Promise.all([
    seenBrands(frame.ctx),
    listTeams(frame.ctx, { limit: shownChoices }).then(({ items }) => items),
  ])
  const parents = teams.filter(
    ({ id, parent, brand }) =>
      parent === null && id !== team?.id && (team === undefined || brand === null || brand.id === team.brand?.id),
  )
  return renderForm(c, state, <TeamFormPage {...{ frame, team, state, parents }} scopes={scopesOf(frame, brands)} />)
}

const scopesOf = (frame: Frame, brands: readonly { id: string; name: string }[]) => [
  ...(isPermitted(frame.ctx, 'teams.write')
    ? [{ value: organizationScope, label: `${frame.manager.organization.name} (the organization)` }]
    : []),
  ...brands
    .filter(({ id }) => isPermitted(frame.ctx, 'teams.write', id))
    .map(({ id, name }) => ({ value: id, label: name })),
]

async function showFill(c: Context<ConsoleEnv>, team: TeamRecord, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const listed = isPermitted(frame.ctx, 'groups.read') ? await listGroups(frame.ctx, { limit: shownChoices }) : []
  const groups = listed
    .map(({ id, displayName }) => ({ id, name: displayName }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
  return renderForm(c, state, <FillTeamPage {...{ frame, team, state, groups }} />)
}

async function showGive(c: Context<ConsoleEnv>, team: TeamRecord, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  requirePermissionSomewhere(frame.ctx, 'assignments.write')
  const choices = await roleChoices(frame.ctx, 'assignments.write')
  return renderForm(c, state, <GiveTeamRolePage {...{ frame, team, state, choices }} />)
}
