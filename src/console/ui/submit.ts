// What a handler does with a form: carry out what it asks for and go on, or show its page again with what was typed.
import type { Context } from 'hono'
import type { AppEnv } from '#http/env.ts'
import { type PageElement, renderPage } from '#http/pages.ts'
import { type Form, formOf } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { typedState } from './confirm.tsx'
import { isRefused, refusedForm } from './forms.ts'

export type Refusable = {
  /** The page with the form, once more. */
  again(state: FormState): Response | Promise<Response>
  /** Where a field of the verb has another name in the form. */
  names?: Record<string, string>
  /** What has to be typed first; undefined for what can be undone. */
  word?: string | undefined
}

/**
 * Reads the form and carries out what it asks for.
 * @param act says where to go on, or answers itself
 * @throws what was thrown, where the person cannot do anything about it
 */
export async function submit<E extends AppEnv>(
  c: Context<E>,
  { again, names, word }: Refusable,
  act: (form: Form) => Promise<string | Response>,
): Promise<Response> {
  const form = await formOf(c)
  const typed = typedState(form, word)
  if (isRefused(typed)) return again(typed)
  try {
    const done = await act(form)
    return typeof done === 'string' ? c.redirect(done, 303) : done
  } catch (error) {
    return again(refusedForm(form, error, names))
  }
}

/** A page with a form in it: 400 where the form comes back because something is wrong with it. */
export const renderForm = <E extends AppEnv>(
  c: Context<E>,
  state: FormState,
  element: PageElement,
): Promise<Response> => renderPage(c, element, { status: isRefused(state) ? 400 : 200 })
