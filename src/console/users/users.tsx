// Users: the list, choosing from it, and somebody who cannot sign in. Single people and changes of many have files of their own.
import { type Context, Hono } from 'hono'
import { listBrands } from '#access/grants/brands/brands.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { searchUsers } from '#access/people/list-users.ts'
import { explainSignIn } from '#access/people/sign-in/explain-sign-in.ts'
import { listConnections } from '#connections/sign-in/connections.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { brandsPermitted, type CallContext, isPermitted } from '#src/context.ts'
import { toldApart } from '#words/told-apart.ts'
import { namedDirectories, withDirectoryNames } from '../ui/directory-names.ts'
import { type ConsoleEnv, frameOf, listingContext } from '../ui/env.ts'
import { chosen as boxes } from '../ui/forms.ts'
import { createBulkPages } from './bulk/bulk.tsx'
import { UsersPage } from './list/users-page.tsx'
import {
  filterOf,
  maxChosen,
  parseQuery,
  queryText,
  type UsersQuery,
  usersHref,
  usersQuery,
} from './list/users-query.ts'
import { createNewUser } from './new-user.tsx'
import { SignInHelpPage } from './sign-in-help-page.tsx'
import { createAbsences } from './status/absences-page.tsx'
import { createUserPages } from './user.tsx'

const maxOptions = 500

/** @returns an app to be mounted at `/console/users` */
export function createUsers(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const query = usersQuery(c)
    const [found, options] = await Promise.all([
      searchUsers(listingContext(frame), {
        filter: filterOf(query, frame.ctx.clock.now()),
        order: query.order,
        cursor: query.cursor,
      }),
      optionsOf(frame.ctx),
    ])
    const items = withDirectoryNames(found.items, options.directories)
    return renderPage(c, <UsersPage {...{ frame, query, options }} found={{ ...found, items }} />)
  })

  pages.post('/choose', async (c) => choose(c))

  pages.get('/sign-in-help', async (c) => {
    const frame = frameOf(c)
    const name = (c.req.query('name') ?? '').trim()
    const found = name === '' ? undefined : await explainSignIn(frame.ctx, { name: name.slice(0, 320) })
    return renderPage(c, <SignInHelpPage {...{ frame, name, found }} />)
  })

  pages.route('/new', createNewUser())
  pages.route('/bulk', createBulkPages())
  pages.route('/absences', createAbsences())
  pages.route('/', createUserPages())
  return pages
}

/** What is checked on this page joins what was chosen before; then it goes on to wherever the button leads. */
async function choose(c: Context<ConsoleEnv>): Promise<Response> {
  const form = await readForm(c)
  const query = parseQuery(new URLSearchParams(form['query'] ?? ''))
  const shown = (form['shown'] ?? '').split('.')
  const checked = new Set(boxes(form, 'user'))
  const elsewhere = query.chosen.filter((id) => !shown.includes(id))
  // Of everybody, those are kept in mind who are left out.
  const here = shown.filter((id) => checked.has(id) !== query.isAll)
  const next: UsersQuery = { ...query, chosen: [...elsewhere, ...here].slice(0, maxChosen) }
  const wanted = form['do'] ?? ''
  if (wanted === 'next' && form['next'] !== '') return c.redirect(usersHref(next, { cursor: form['next'] }), 303)
  if (['deactivate', 'reactivate', 'assign', 'unassign'].includes(wanted)) {
    if (!next.isAll && next.chosen.length === 0) return c.redirect(usersHref(next, { cursor: next.cursor }), 303)
    const text = queryText({ ...next, cursor: undefined })
    return c.redirect(`/console/users/bulk/${wanted}?${text}`, 303)
  }
  return c.redirect(usersHref(next), 303)
}

/** What the filters offer, as far as the person may see it. */
async function optionsOf(ctx: CallContext) {
  const [roles, brands, directories, connections] = await Promise.all([
    brandsPermitted(ctx, 'roles.read').length > 0 ? listRoles(ctx, { limit: maxOptions }) : [],
    brandsPermitted(ctx, 'brands.read').length > 0 ? listBrands(ctx, { limit: maxOptions }) : [],
    namedDirectories(ctx),
    isPermitted(ctx, 'connections.read') ? listConnections(ctx).then(toldApart) : [],
  ])
  const asOption = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name })
  const byName = (a: { label: string }, b: { label: string }): number => a.label.localeCompare(b.label, 'en')
  return {
    directories,
    roles: roles.toSorted((a, b) => b.rank - a.rank).map(asOption),
    brands: brands.map(asOption).toSorted(byName),
    sources: [
      { value: 'local', label: 'Local' },
      ...directories.map(({ id, name }) => ({ value: id, label: `Directory ${name}` })),
      ...connections.map(({ id, name }) => ({ value: id, label: `Signed in through ${name}` })),
    ],
  }
}
