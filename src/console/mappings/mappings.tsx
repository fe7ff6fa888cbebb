// Mappings: looked at in a table, made and taken back by way of a preview, suggested by the names of groups.
import { type Context, Hono } from 'hono'
import { listBrands } from '#access/grants/brands/brands.ts'
import type { NewMapping } from '#access/grants/mappings/create-mapping.ts'
import { getMapping, listMappings, type MappingRecord } from '#access/grants/mappings/mappings.ts'
import { suggestMappings } from '#access/grants/mappings/suggest.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { listGroups } from '#access/people/list-groups.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError, invalid } from '#platform/errors.ts'
import { isPermitted, requirePermission } from '#src/context.ts'
import { type Proposal, showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { faultAt, filledForm, refusedForm, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { MappingListPage, NewMappingPage, SuggestionsPage } from './mapping-pages.tsx'

/** Groups to choose from in one list; whoever has more comes from the group's own page. */
const shownGroups = 1_000

/** @returns an app to be mounted at `/console/mappings` */
export function createMappings(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const [frame, q] = [frameOf(c), c.req.query('q')?.trim() ?? '']
    const all = await listMappings(frame.ctx)
    const suggested = isPermitted(frame.ctx, 'mappings.write') ? (await suggestMappings(frame.ctx)).length : 0
    const mappings = all.filter((mapping) => fits(mapping, q.toLowerCase()))
    return renderPage(c, <MappingListPage {...{ frame, mappings, q, suggested }} />)
  })

  pages.get('/new', (c) => {
    requirePermission(c.get('ctx'), 'mappings.write')
    const { group, role, brand } = c.req.query()
    return showNew(c, filledForm({ groupId: group, roleId: role, brandId: brand }))
  })

  pages.post('/preview', (c) =>
    submit(c, { again: (state) => showNew(c, state) }, async (form) => {
      const mappings = [mappingOf(form)]
      return showPreview(c, proposal('A new mapping', { kind: 'create_mappings', mappings })).catch(asFilterFault)
    }),
  )

  pages.post('/:id/delete', async (c) => {
    const mapping = await getMapping(c.get('ctx'), c.req.param('id'))
    const whose = mapping.group?.displayName ?? mapping.filter
    const title = `Take ${mapping.role.name} back from ${whose}`
    return showPreview(c, proposal(title, { kind: 'delete_mappings', mappingIds: [mapping.id] }))
  })

  pages.get('/suggestions', async (c) => {
    const [frame, pattern] = [frameOf(c), c.req.query('pattern')?.trim() ?? '']
    try {
      const suggestions = await suggestMappings(frame.ctx, pattern === '' ? undefined : pattern)
      return renderPage(c, <SuggestionsPage {...{ frame, suggestions, pattern }} error={undefined} />)
    } catch (error) {
      const { message = '' } = refusedForm({}, error)
      const page = <SuggestionsPage {...{ frame, pattern }} suggestions={[]} error={message} />
      return renderPage(c, page, { status: 400 })
    }
  })

  pages.post('/suggestions', async (c) => {
    const form = await readForm(c)
    const pattern = textOf(form, 'pattern') ?? null
    const mappings = Object.keys(form).flatMap((name): NewMapping[] => {
      const [mark, groupId, roleId = '', brandId = ''] = name.split('.')
      return mark === 'm' ? [{ groupId, roleId, brandId: brandId === '' ? null : brandId, pattern }] : []
    })
    if (mappings.length === 0) throw invalid('Choose at least one of the suggestions')
    const title = mappings.length === 1 ? 'A new mapping' : `${mappings.length} new mappings`
    return showPreview(c, proposal(title, { kind: 'create_mappings', mappings }))
  })
  return pages
}

/** @throws AppError invalid where something is not chosen yet */
function mappingOf(form: Form): NewMapping {
  const [roleId, brandId] = [textOf(form, 'roleId'), textOf(form, 'brandId') ?? null]
  const isFilter = form['kind'] === 'filter'
  const whose = textOf(form, isFilter ? 'filter' : 'groupId')
  if (whose === undefined) throw isFilter ? faultAt('filter', 'Choose a person') : faultAt('groupId', 'Choose a group')
  if (roleId === undefined) throw faultAt('roleId', 'Choose a role')
  return { ...(isFilter ? { filter: whose } : { groupId: whose }), roleId, brandId }
}

const proposal = (title: string, change: AccessChange): Proposal => ({
  ...{ section: 'mappings', title, change, next: '/console/mappings' },
  back: '/console/mappings',
})

const asFilterFault = (error: unknown): never => {
  throw error instanceof AppError && error.reason === 'invalidFilter' ? faultAt('filter', error.message) : error
}

const fits = ({ group, filter, role, brand }: MappingRecord, q: string): boolean =>
  [group?.displayName, filter, role.name, role.key, brand?.name, brand?.slug].some((text) =>
    text?.toLowerCase().includes(q),
  )

async function showNew(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [listed, roles, brands] = await Promise.all([
    listGroups(frame.ctx, { limit: shownGroups }),
    listRoles(frame.ctx),
    listBrands(frame.ctx),
  ])
  const groups = listed.toSorted((a, b) => a.displayName.localeCompare(b.displayName))
  const page = <NewMappingPage {...{ frame, state, groups, roles, brands }} />
  return renderForm(c, state, page)
}
