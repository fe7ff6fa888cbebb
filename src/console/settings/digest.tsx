// Settings: how often people are told what has changed of their access, and what they would be told now.
import { Hono } from 'hono'
import { type AccessDigest, getAccessDigest, setAccessDigest } from '#access/people/digest/access-digest.ts'
import { type DigestPreview, previewAccessDigest } from '#access/people/digest/send-digests.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Choice } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'

const home = '/console/settings/mail/digest'

/** How often, in words. */
export const paceWords: Record<AccessDigest['pace'], string> = {
  daily: 'at most once a day',
  hourly: 'at most once an hour',
  off: 'not at all',
}

const paces = ['daily', 'hourly', 'off'] as const

/** @returns an app to be mounted at `/console/settings/mail/digest` */
export function createDigestPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const [digest, preview] = await Promise.all([getAccessDigest(frame.ctx), previewAccessDigest(frame.ctx)])
    return renderPage(c, <DigestPage {...{ frame, digest, preview }} />)
  })
  pages.post('/', async (c) => {
    const form = await readForm(c)
    await setAccessDigest(c.get('ctx'), { pace: paces.find((each) => each === form['pace']) ?? 'daily' })
    return c.redirect(`${home}?done=saved`, 303)
  })
  return pages
}

const DigestPage = ({ frame, digest, preview }: { frame: Frame; digest: AccessDigest; preview: DigestPreview }) => (
  <ConsolePage
    frame={frame}
    section="settings"
    title="Changes of access"
    lead="What groups, mappings, teams, roles and filters change of people’s access, they are told in one mail. What is given or taken by hand, they are told at once."
    trail={[
      { label: 'Settings', href: '/console/settings' },
      { label: 'Mail', href: '/console/settings/mail' },
    ]}
  >
    {isPermitted(frame.ctx, 'organization.write') ? (
      <PostForm action={home} class="panel">
        <Choice
          name="pace"
          legend="People are told"
          value={digest.pace}
          options={paces.map((value) => ({ value, label: paceWords[value] }))}
        />
        <Buttons submit="Save" />
      </PostForm>
    ) : null}
    <Panel
      title="What they would be told now"
      lead={
        <>
          Of changes since <Time at={preview.from} />. Those of the last five minutes wait.
        </>
      }
    >
      {preview.people.length === 0 ? (
        <EmptyState title="Nothing" text="Nothing has changed that people have not been told." />
      ) : (
        <Table
          caption="What they would be told"
          columns={['Person', 'What has changed']}
          rows={preview.people.map(({ userId, name, sentences }) => [
            <a href={`/console/users/${userId}`}>{name}</a>,
            sentences.map((sentence) => <div>{sentence}</div>),
          ])}
        />
      )}
    </Panel>
  </ConsolePage>
)
