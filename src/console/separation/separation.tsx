// Separation of duties: its rules, one of them with whoever breaks it, and exceptions. What changes access is shown first.
import { type Context, Hono } from 'hono'
import { listPermissions } from '#access/decisions/catalogue.ts'
import { listBrands } from '#access/grants/brands/brands.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { getSeparation, listSeparations } from '#access/grants/separation/rules.ts'
import { personNamed } from '#access/people/own/own-teams.ts'
import { findConflicts } from '#access/people/separation-conflicts.ts'
import type { Form } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import { isPermitted } from '#src/context.ts'
import { showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { chosen, emptyForm, endOfDay, faultAt, textOf } from '../ui/forms.ts'
import { brandOfScope } from '../ui/role-choices.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { RulePage } from './rule-page.tsx'
import { RulesPage } from './rules-page.tsx'

const home = '/console/separation'
const own = { section: 'policies', next: home, back: home } as const

const shownBrands = 1_000

/** @returns an app to be mounted at `/console/separation` */
export function createSeparation(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => showRules(c, emptyForm))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showRules(c, state) }, (form) => {
      const rule = {
        ...{ name: form['name'] ?? '', purpose: form['purpose'] ?? '' },
        ...{ first: sideOf(form, 'first'), second: sideOf(form, 'second') },
        mode: form['mode'] === 'watch' ? ('watch' as const) : ('enforce' as const),
        exceptRoleIds: chosen(form, 'except'),
      }
      return showPreview(c, { ...own, title: `New rule: ${rule.name}`, change: { kind: 'create_separation', rule } })
    }),
  )

  pages.get('/:id', (c) => showRule(c, emptyForm))

  pages.post('/:id/mode', async (c) => {
    const rule = await getSeparation(c.get('ctx'), c.req.param('id'))
    const [mode, title] = rule.mode === 'watch' ? (['enforce', 'Enforce'] as const) : (['watch', 'Only watch'] as const)
    const page = `${home}/${rule.id}`
    const change = { kind: 'update_separation', ruleId: rule.id, mode } as const
    return showPreview(c, { ...own, title: `${title} the rule ${rule.name}`, change, next: page, back: page })
  })

  pages.post('/:id/exceptions', (c) =>
    submit(c, { again: (state) => showRule(c, state) }, async (form) => {
      const [ctx, ruleId] = [c.get('ctx'), c.req.param('id')]
      const user = await personNamed(ctx, form['person'] ?? '').catch((error: unknown): never => {
        if (!(error instanceof AppError) || error.code !== 'invalid') throw error
        throw faultAt('person', 'Nobody here has this address or user name')
      })
      const { name } = await getSeparation(ctx, ruleId)
      const exception = {
        ...{ ruleId, userId: user.id, brandId: brandOfScope(form['scope']), reason: form['reason'] ?? '' },
        expiresAt: endOfDay(form, 'expiresAt') ?? '',
      }
      const page = `${home}/${ruleId}`
      const change = { kind: 'create_exception', exception } as const
      return showPreview(c, { ...own, title: `Except ${user.name} from ${name}`, change, next: page, back: page })
    }),
  )

  pages.post('/:id/delete', async (c) => {
    const { id, name } = await getSeparation(c.get('ctx'), c.req.param('id'))
    const change = { kind: 'delete_separation', ruleId: id } as const
    return showPreview(c, { ...own, title: `Delete the rule ${name}`, change, back: `${home}/${id}` })
  })
  return pages
}

/** `role:<id>` or `permission:<name>`, as the page offers them. */
function sideOf(form: Form, name: 'first' | 'second') {
  const value = textOf(form, name) ?? ''
  const at = value.indexOf(':')
  if (at < 0) throw faultAt(name, 'Choose a role or a permission')
  const what = value.slice(at + 1)
  return value.startsWith('role:') ? { roleId: what } : { permission: what }
}

async function showRules(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [rules, roles, catalogue] = await Promise.all([
    ...([listSeparations(frame.ctx), listRoles(frame.ctx), listPermissions(frame.ctx)] as const),
  ])
  const mayWrite = isPermitted(frame.ctx, 'roles.write')
  return renderForm(c, state, <RulesPage {...{ frame, state, rules, roles, catalogue, mayWrite }} />)
}

async function showRule(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const id = c.req.param('id') ?? ''
  const [rule, brands] = await Promise.all([
    getSeparation(frame.ctx, id),
    listBrands(frame.ctx, { limit: shownBrands }),
  ])
  const { counts, items } = await findConflicts(frame.ctx, id)
  const mayWrite = isPermitted(frame.ctx, 'roles.write')
  const found = { conflicts: items, total: counts.get(id) ?? 0 }
  return renderForm(c, state, <RulePage {...{ frame, state, rule, brands, mayWrite, ...found }} />)
}
