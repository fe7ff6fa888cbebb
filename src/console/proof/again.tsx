// After a fresh proof: what was about to be done, to be sent once more by whoever typed it. Nothing was saved before.
import { Hono } from 'hono'
import { findKeptForm, type KeptForm } from '#access/accounts/sign-in/kept-forms.ts'
import { namesOf } from '#audit/names-of.ts'
import { renderPage } from '#http/pages.ts'
import { Buttons, LinkButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { HiddenFields, PostForm } from '#http/ui/form.tsx'
import { KeptFields } from '#http/ui/kept-form.tsx'
import { idsIn, type Names } from '#http/ui/said.tsx'
import { requireFreshProof } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'

/** @returns an app to be mounted at `/console/again` */
export function createAgain(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', (c) => {
    const frame = frameOf(c)
    return renderPage(
      c,
      <ConsolePage frame={frame} section="overview" title="Please send it once more">
        <Alert kind="info" title="Nothing was saved">
          You have proven who you are. Go back to the page where you were, and send it once more.
        </Alert>
        <LinkButton href="/console">To the overview</LinkButton>
      </ConsolePage>,
    )
  })

  pages.get('/:state', async (c) => {
    const frame = frameOf(c)
    requireFreshProof(frame.ctx)
    const kept = await findKeptForm(frame.ctx, c.req.param('state'))
    if (kept === undefined) return c.redirect('/console/again', 303)
    const names = await namesOf(frame.ctx, idsIn(kept))
    return renderPage(
      c,
      <ConsolePage
        frame={frame}
        section="overview"
        title="Carry out your change?"
        lead="You have proven who you are. Nothing was saved yet. Go on only if it was you who asked for this."
      >
        <AgainForm {...{ kept, names }} />
      </ConsolePage>,
    )
  })
  return pages
}

type AgainProps = { kept: KeptForm; names: Names }

const AgainForm = ({ kept: { path, fields }, names }: AgainProps) => (
  <PostForm action={path} class="panel">
    <KeptFields {...{ path, fields, names }} />
    <HiddenFields values={fields} />
    <Buttons submit="Carry it out" back="/console" leave="Do nothing" />
  </PostForm>
)
