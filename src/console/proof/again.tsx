// After a fresh proof: what was about to be done, to be sent once more by whoever typed it. Nothing was saved before.
import { Hono } from 'hono'
import { findKeptForm, type KeptForm } from '#access/accounts/sign-in/kept-forms.ts'
import { namesOf } from '#audit/names-of.ts'
import { renderPage } from '#http/pages.ts'
import { Buttons, LinkButton } from '#http/ui/buttons.tsx'
import { Alert, Facts } from '#http/ui/content.tsx'
import { HiddenFields, PostForm } from '#http/ui/form.tsx'
import { idsIn, type Names, nameWords, pathWords, Said } from '#http/ui/said.tsx'
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

const isSecret = (name: string): boolean => /password|secret|token|code/i.test(name)

/** What pages tell each other; nobody has typed it. */
const isOfPages = (name: string): boolean => /^(step|next|back|return_to|query)$|hash$/i.test(name)

type AgainProps = { kept: KeptForm; names: Names }

/** Whoever comes back to an open browser sees what somebody else may have left there. */
const AgainForm = ({ kept: { path, fields }, names }: AgainProps) => (
  <PostForm action={path} class="panel">
    <Facts
      facts={[
        { term: 'Where', value: pathWords(path, names) },
        ...Object.entries(fields)
          .filter(([name, value]) => value !== '' && !isOfPages(name))
          .map(([name, value]) => ({
            term: nameWords(name, names),
            value: isSecret(name) ? '(not shown)' : <Said value={typed(value)} names={names} />,
          })),
      ]}
    />
    <HiddenFields values={fields} />
    <Buttons submit="Carry it out" back="/console" leave="Do nothing" />
  </PostForm>
)

/** A box that is checked is a yes; what pages keep as JSON is shown by its parts. */
function typed(value: string): unknown {
  if (value === 'on') return true
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
