// After a fresh proof: what was about to be done, to be sent once more by whoever typed it. Nothing was saved before.
import { Hono } from 'hono'
import { findKeptForm, type KeptForm } from '#access/accounts/sign-in/kept-forms.ts'
import { renderPage } from '#http/pages.ts'
import { Buttons, LinkButton } from '#http/ui/buttons.tsx'
import { Alert, Facts } from '#http/ui/content.tsx'
import { HiddenFields, PostForm } from '#http/ui/form.tsx'
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
    return renderPage(
      c,
      <ConsolePage
        frame={frame}
        section="overview"
        title="Send it now?"
        lead="You have proven who you are. Nothing was saved yet. Send this only if it was you who typed it."
      >
        <AgainForm kept={kept} />
      </ConsolePage>,
    )
  })
  return pages
}

const isSecret = (name: string): boolean => /password|secret|token|code/i.test(name)

/** Whoever comes back to an open browser sees what somebody else may have left there. */
const AgainForm = ({ kept: { path, fields } }: { kept: KeptForm }) => (
  <PostForm action={path} class="panel">
    <Facts
      facts={[
        { term: 'Page', value: path },
        ...Object.entries(fields)
          .filter(([, value]) => value !== '')
          .map(([name, value]) => ({ term: name, value: isSecret(name) ? '(not shown)' : value })),
      ]}
    />
    <HiddenFields values={fields} />
    <Buttons submit="Send it now" back="/console" leave="Leave it" />
  </PostForm>
)
