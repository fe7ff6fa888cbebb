// Settings: how the organization looks to its people, with a preview of the sign-in page before it is saved.
import { type Context, Hono } from 'hono'
import { type Branding, getBranding } from '#access/organizations/branding/branding.ts'
import { type BrandingInput, brandingWith, changeBranding } from '#access/organizations/branding/change-branding.ts'
import { putLogo, removeLogo } from '#access/organizations/branding/change-logo.ts'
import { maxImageBytes } from '#access/organizations/branding/rewrite-image.ts'
import type { Form } from '#http/read-form.ts'
import { readUpload } from '#http/read-upload.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import { languages } from '#words/texts/languages.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { BrandingPage, brandingFields, brandingHome } from './branding-page.tsx'

/** @returns an app to be mounted at `/console/settings/branding` */
export function createBrandingPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', async (c) => {
    const branding = await getBranding(c.get('ctx'))
    return show(c, { state: stateOf(branding), branding })
  })

  pages.post('/', (c) =>
    submit(c, { again: (state) => showAgain(c, state) }, async (form) => {
      const ctx = c.get('ctx')
      if (form['act'] === 'preview') {
        const tried = brandingWith(ctx, await getBranding(ctx), inputOf(form))
        return show(c, { state: filledForm({ ...form }), branding: tried, isTried: true })
      }
      await changeBranding(ctx, inputOf(form))
      return `${brandingHome}?done=saved`
    }),
  )

  pages.post('/logo', async (c) => {
    try {
      await putLogo(c.get('ctx'), await readUpload(c, 'logo', maxImageBytes))
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'invalid' && error.code !== 'too_large')) throw error
      return showAgain(c, { ...emptyForm, errors: { logo: `${error.message}.` } })
    }
    return c.redirect(`${brandingHome}?done=saved`, 303)
  })

  pages.post('/logo/remove', async (c) => {
    await removeLogo(c.get('ctx'))
    return c.redirect(`${brandingHome}?done=deleted`, 303)
  })
  return pages
}

const inputOf = (form: Form): BrandingInput => ({
  ...Object.fromEntries(brandingFields.map((name) => [name, textOf(form, name) ?? null])),
  language: languages.find((each) => each === form['language']) ?? null,
})

const stateOf = (branding: Branding): FormState =>
  filledForm(Object.fromEntries([...brandingFields, 'language' as const].map((name) => [name, branding[name] ?? ''])))

type Shown = { state: FormState; branding: Branding; isTried?: boolean }

async function showAgain(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const branding = await getBranding(c.get('ctx'))
  const values = Object.keys(state.values).length === 0 ? stateOf(branding).values : state.values
  return show(c, { state: { ...state, values }, branding })
}

async function show(c: Context<ConsoleEnv>, { state, branding, isTried = false }: Shown): Promise<Response> {
  return renderForm(c, state, <BrandingPage {...{ frame: frameOf(c), state, branding, isTried }} />)
}
