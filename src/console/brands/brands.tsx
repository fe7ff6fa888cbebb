// Brands: the list, and one with everybody who has access to it. For a manager of brands, this is home.
import { type Context, Hono } from 'hono'
import { type BrandRecord, getBrand } from '#access/grants/brands/brands.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { searchBrands } from '#access/grants/brands/search-brands.ts'
import { updateBrand } from '#access/grants/brands/update-brand.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { holdersCsv, listHolders } from '#access/people/list-holders.ts'
import { searchUsers } from '#access/people/list-users.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { download } from '#http/download.ts'
import { renderPage } from '#http/pages.ts'
import type { FormState } from '#http/ui/form.tsx'
import { isPermitted, requirePermission, requirePermissionIn } from '#src/context.ts'
import { showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { BrandFormPage } from './brand-form-page.tsx'
import { BrandGivePage } from './brand-give-page.tsx'
import { BrandPage } from './brand-page.tsx'
import { BrandsPage } from './brands-page.tsx'
import { createBrandPast } from './past-page.tsx'

const shownEvents = 10
const foundPeople = 20

/** @returns an app to be mounted at `/console/brands` */
export function createBrands(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const { q = '', cursor } = c.req.query()
    const found = await searchBrands(frame.ctx, { q, cursor })
    return renderPage(c, <BrandsPage {...{ frame, found, q, cursor }} />)
  })

  pages.get('/new', (c) => {
    requirePermission(c.get('ctx'), 'brands.write')
    return showForm(c, undefined, emptyForm)
  })

  pages.post('/', (c) =>
    submit(c, { again: (state) => showForm(c, undefined, state) }, async (form) => {
      const { id } = await createBrand(c.get('ctx'), { name: form['name'] ?? '', slug: form['slug'] ?? '' })
      return `/console/brands/${id}?done=created`
    }),
  )

  pages.get('/:id', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const { q = '', role = '', cursor } = c.req.query()
    const brand = await getBrand(frame.ctx, id)
    const filter = { brandId: id, ...(q === '' ? {} : { q }), ...(role === '' ? {} : { roleId: role }) }
    const [found, roles, events] = await Promise.all([
      isPermitted(frame.ctx, 'users.read', id) ? listHolders(frame.ctx, { filter, cursor }) : undefined,
      listRoles({ ...frame.ctx, permissions: 'all' }),
      isPermitted(frame.ctx, 'audit.read', id)
        ? listAuditEvents(frame.ctx, { filter: { brandId: id }, limit: shownEvents })
        : [],
    ])
    return renderPage(c, <BrandPage {...{ frame, brand, found, roles, q, role, cursor, events }} />)
  })

  pages.route('/', createBrandPast())

  pages.get('/:id/people.csv', async (c) => {
    const [ctx, id] = [c.get('ctx'), c.req.param('id')]
    const { slug } = await getBrand(ctx, id)
    // Before the first line is sent, so that a refusal is a page.
    requirePermissionIn(ctx, 'users.read', id)
    return download(holdersCsv(ctx, { brandId: id }), { type: 'text/csv; charset=utf-8', name: `${slug}.csv` })
  })

  pages.get('/:id/give', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const q = c.req.query('q') ?? ''
    const brand = await getBrand(frame.ctx, id)
    const order = { sort: 'name', direction: 'asc' } as const
    const found = q === '' ? undefined : await searchUsers(frame.ctx, { filter: { q }, order, limit: foundPeople })
    return renderPage(c, <BrandGivePage {...{ frame, brand, q, found }} />)
  })

  pages.get('/:id/edit', async (c) => {
    const brand = await getBrand(c.get('ctx'), c.req.param('id'))
    return showForm(c, brand, filledForm({ name: brand.name, slug: brand.slug }))
  })

  pages.post('/:id', async (c) => {
    const [ctx, brandId] = [c.get('ctx'), c.req.param('id')]
    const brand = await getBrand(ctx, brandId)
    return submit(c, { again: (state) => showForm(c, brand, state) }, async (form) => {
      await updateBrand(ctx, { brandId, name: form['name'] ?? '', slug: form['slug'] ?? '' })
      return `/console/brands/${brandId}?done=saved`
    })
  })

  pages.post('/:id/delete', async (c) => {
    const { id, name } = await getBrand(c.get('ctx'), c.req.param('id'))
    return showPreview(c, {
      section: 'brands',
      title: `Delete the brand ${name}`,
      change: { kind: 'delete_brand', brandId: id },
      word: name,
      ...{ next: '/console/brands?done=deleted', back: `/console/brands/${id}/edit` },
    })
  })
  return pages
}

async function showForm(c: Context<ConsoleEnv>, brand: BrandRecord | undefined, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  return renderForm(c, state, <BrandFormPage {...{ frame, brand, state }} />)
}
