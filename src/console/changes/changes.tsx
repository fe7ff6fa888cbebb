// Saving what a preview showed, and showing it anew where it is out of date.
import { type Context, Hono } from 'hono'
import { type AccessChange, parseChange } from '#access/previews/change.ts'
import { confirmChange, previewChange, saveChange } from '#access/previews/preview.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError, invalid } from '#platform/errors.ts'
import { typedState } from '../ui/confirm.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm, isRefused, textOf } from '../ui/forms.ts'
import { type ConsoleSection, sectionTrail } from '../ui/frame.tsx'
import { PreviewPage } from './preview-page.tsx'

export type Proposal = {
  section: ConsoleSection
  title: string
  change: AccessChange
  next: string
  back: string
  /** Where the change cannot be undone: what is to be typed, so that nobody makes it by mistake. */
  word?: string | undefined
}

/** Answers with the preview of a change. @throws AppError whatever making it would throw */
export async function showPreview(
  c: Context<ConsoleEnv>,
  proposal: Proposal,
  { isStale = false, state = emptyForm }: { isStale?: boolean; state?: FormState } = {},
): Promise<Response> {
  const frame = frameOf(c)
  const preview = await previewChange(frame.ctx, proposal.change)
  const page = (
    <PreviewPage {...proposal} {...{ frame, preview, isStale, state }} trail={sectionTrail(proposal.section)} />
  )
  return renderPage(c, page, { status: isStale ? 412 : isRefused(state) ? 400 : 200 })
}

/** Makes a change by which nobody loses anything, and shows the others first. @returns where it goes on, or the preview */
export async function saveOrShow(c: Context<ConsoleEnv>, proposal: Proposal): Promise<string | Response> {
  try {
    await confirmChange(c.get('ctx'), proposal.change, undefined)
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== 'preview_required') throw error
    return showPreview(c, proposal)
  }
  return doneAt(proposal.next)
}

const doneAt = (next: string): string => {
  if (next.includes('done=')) return next
  return `${next}${next.includes('?') ? '&' : '?'}done=saved`
}

/** @returns an app to be mounted at `/console/changes` */
export function createChanges(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.post('/', async (c) => {
    const form = await readForm(c, { maxBytes: 1_048_576 })
    const { hash = '', section = '', title = '' } = form
    const [next, back, word] = [within(form['next']), within(form['back']), textOf(form, 'word')]
    const proposal = { title, section: section as ConsoleSection, change: changeOf(form['change']), next, back, word }
    const state = typedState(form, word)
    if (isRefused(state)) return showPreview(c, proposal, { state })
    try {
      await saveChange(c.get('ctx'), proposal.change, hash)
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== 'stale_preview') throw error
      return showPreview(c, proposal, { isStale: true, state: filledForm(form) })
    }
    return c.redirect(doneAt(next), 303)
  })
  return pages
}

/** A page of the console, and nothing else. */
const within = (path = ''): string => (/^\/console(\/[\w./?=&%-]*)?$/.test(path) ? path : '/console')

/** As our own preview wrote it. @throws AppError invalid */
function changeOf(text = ''): AccessChange {
  try {
    return parseChange(JSON.parse(text))
  } catch {
    throw invalid('The form does not hold a change; go back and start again')
  }
}
