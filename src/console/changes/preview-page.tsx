// What a change would do, before it is saved: who gains, who loses, what it leaves.
import { type AccessChange, changeLabel, isUndoable } from '#access/previews/change.ts'
import { takesSomething } from '#access/previews/preview.ts'
import type { Preview, PreviewEntry } from '#access/previews/shown.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert, EmptyState } from '#http/ui/content.tsx'
import { type FormState, PostForm } from '#http/ui/form.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { dateInWords } from '#words/times.ts'
import { TypedWord } from '../ui/confirm.tsx'
import type { Frame } from '../ui/env.ts'
import { Figure } from '../ui/figures.tsx'
import { ConsolePage, type ConsolePageProps } from '../ui/frame.tsx'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'

export type PreviewPageProps = {
  frame: Frame
  section: ConsolePageProps['section']
  trail: ConsolePageProps['trail']
  /** What the change is, in a sentence. */
  title: string
  change: AccessChange
  preview: Preview
  /** Where it goes on once saved. */
  next: string
  /** Where somebody goes who thinks again. */
  back: string
  isStale?: boolean
  /** What is to be typed, where it is. */
  word?: string | undefined
  state: FormState
}

export const PreviewPage = (props: PreviewPageProps) => {
  const { frame, section, trail = [], title, change, preview, next, back, isStale = false, word, state } = props
  const needsDraft = preview.needsSecondPerson
  return (
    <ConsolePage
      {...{ frame, section, trail }}
      title={title}
      lead="Nothing is changed yet. This is what saving would do, as of now."
    >
      {isStale ? (
        <Alert kind="warning" title="Something has changed since you looked">
          Somebody joined, left or changed a rule meanwhile. This is the preview as of now; look at it again before you
          save.
        </Alert>
      ) : null}
      <PreviewBody preview={preview} />
      <PostForm
        action="/console/changes"
        hidden={{
          change: JSON.stringify(change),
          hash: preview.hash,
          title,
          section,
          next,
          back,
        }}
      >
        {word === undefined ? null : <TypedWord {...{ word, state }} />}
        {needsDraft ? null : (
          <Buttons
            submit={changeLabel(change)}
            kind={takesSomething(preview) || word !== undefined ? 'danger' : 'primary'}
            back={back}
            leave="Cancel"
          />
        )}
      </PostForm>
      {isUndoable(change) && isPermitted(frame.ctx, 'roles.read') ? (
        <Panel
          title={needsDraft ? 'A second person has to approve it' : 'Not yet?'}
          lead={
            needsDraft
              ? 'It gives somebody rights over others. Put it into a draft, which a second person approves.'
              : 'In a draft it waits with other changes, and all of them are made and undone together.'
          }
        >
          <ButtonForm
            action="/console/drafts/choose"
            fields={{ change: JSON.stringify(change), title }}
            label="Put it into a draft"
            kind={needsDraft ? 'btn-primary' : 'btn-sm'}
          />
        </Panel>
      ) : null}
    </ConsolePage>
  )
}

/** Who gains, who loses, what it leaves. */
export const PreviewBody = ({ preview }: { preview: Preview }) => {
  const { gaining, losing, withoutAccess, administrators } = preview
  return (
    <>
      <div class="figures">
        <Figure label="People who gain" value={gaining.toLocaleString('en')} />
        <Figure label="People who lose" value={losing.toLocaleString('en')} />
        <Figure label="Left without access" value={withoutAccess.count.toLocaleString('en')} />
        <Figure
          label="Administrators"
          value={administrators.after.toLocaleString('en')}
          detail={administrators.after === administrators.before ? 'as before' : `${administrators.before} before`}
        />
      </div>
      {preview.entries.length === 0 ? (
        <EmptyState
          title="Nobody's access changes now"
          text="What is saved counts from now on, for whomever it concerns later."
        />
      ) : (
        preview.entries.map((entry) => <Entry entry={entry} />)
      )}
      {preview.earlierEnds.map(({ name, role, brand, before, after }) => (
        <Panel title={`${role} in ${brand ?? 'the organization'} ends sooner`}>
          <dl class="facts">
            <Fact term="Who" kind="loss" words={[name]} />
            <Fact
              term="Until"
              kind="loss"
              words={[`${before === null ? 'no end' : dateInWords(before)}, now ${dateInWords(after)}`]}
            />
          </dl>
        </Panel>
      ))}
      {preview.conflicts.map((conflict) => (
        <ConflictPanel conflict={conflict} />
      ))}
      {withoutAccess.count === 0 ? null : (
        <Panel title="Left without any access" lead="They hold nothing at all afterwards.">
          <People people={withoutAccess.sample} count={withoutAccess.count} />
        </Panel>
      )}
    </>
  )
}

const ConflictPanel = ({ conflict }: { conflict: Preview['conflicts'][number] }) => {
  const { rule, isEnforced, count, sample } = conflict
  return (
    <Panel
      title={`${counted(count, 'person holds', 'people hold')} what the rule ${rule.name} keeps apart`}
      lead={
        isEnforced
          ? 'The second side is withheld from them, unless they have an exception.'
          : 'The rule is watched only: they are listed, and nothing is withheld.'
      }
      actions={<Badge tone="warning">Separation of duties</Badge>}
    >
      <People people={sample} count={count} />
    </Panel>
  )
}

const placeOf = ({ brand }: PreviewEntry): string => {
  if (brand === null) return 'the organization'
  return brand === 'others' ? 'every brand that they are no member of' : brand.name
}

const Entry = ({ entry }: { entry: PreviewEntry }) => {
  const { gained, lost, rolesGained, rolesLost, count, sample, isPrivileged } = entry
  const people = `${counted(count, 'person', 'people')}`
  return (
    <Panel
      title={`${people} in ${placeOf(entry)}`}
      actions={isPrivileged ? <Badge tone="warning">Rights over others</Badge> : null}
    >
      <dl class="facts">
        {rolesGained.length === 0 ? null : <Fact term="Role" kind="gain" words={rolesGained.map(({ name }) => name)} />}
        {rolesLost.length === 0 ? null : <Fact term="Role" kind="loss" words={rolesLost.map(({ name }) => name)} />}
        {gained.length === 0 ? null : <Fact term="May" kind="gain" words={gained} />}
        {lost.length === 0 ? null : <Fact term="May no longer" kind="loss" words={lost} />}
        <div>
          <dt>Who</dt>
          <dd>
            <People people={sample} count={count} />
          </dd>
        </div>
      </dl>
    </Panel>
  )
}

const shownWords = 12

const Fact = ({ term, kind, words }: { term: string; kind: 'gain' | 'loss'; words: readonly string[] }) => (
  <div>
    <dt>{term}</dt>
    <dd class={kind}>
      {kind === 'gain' ? '+ ' : '− '}
      {words.slice(0, shownWords).join(', ')}
      {words.length <= shownWords ? null : (
        <details>
          <summary>and {words.length - shownWords} more</summary>
          {words.slice(shownWords).join(', ')}
        </details>
      )}
    </dd>
  </div>
)

const People = ({ people, count }: { people: readonly { id: string; name: string }[]; count: number }) => (
  <>
    {people.map(({ id, name }, index) => (
      <>
        {index === 0 ? null : ', '}
        <a href={`/console/users/${id}`}>{name}</a>
      </>
    ))}
    {count > people.length ? ` and ${(count - people.length).toLocaleString('en')} more` : null}
  </>
)
