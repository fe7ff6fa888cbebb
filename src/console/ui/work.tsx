// Work that somebody leaves behind: what it is, in words, and the fields by which it goes to others.
import type { HandOver } from '#access/people/hand-over/hand-over.ts'
import { type MadeByThem, type Work, type WorkKind, workKinds } from '#access/people/hand-over/work.ts'
import type { Form } from '#http/read-form.ts'
import { type FormState, field } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { counted } from '#words/counts.ts'
import { chosen, faultAt, textOf } from './forms.ts'
import { Panel } from './parts.tsx'

const kindWords: Record<WorkKind, { title: string; counting: [string, string] }> = {
  ownership: { title: 'Theirs in applications', counting: ['thing of an application', 'things of applications'] },
  sponsored: { title: 'They vouch for', counting: ['person they vouch for', 'people they vouch for'] },
  team: { title: 'They lead', counting: ['team', 'teams'] },
  review: { title: 'Reviews that name them', counting: ['review that names them', 'reviews that name them'] },
  review_line: { title: 'Lines of reviews that wait for them', counting: ['line of a review', 'lines of reviews'] },
  task: { title: 'Their tasks of checklists', counting: ['task', 'tasks'] },
  asset: { title: 'Assets that they created or are assigned to', counting: ['asset', 'assets'] },
}

/** So many of a kind are named. */
const shown = 10

/** With more than that, they are not chosen one by one. */
const mostChoices = 200

/** How much of what, in words. */
export const workWords = (counts: Record<string, number>): string =>
  workKinds
    .flatMap((kind) => {
      const count = counts[kind] ?? 0
      const [one, many] = kindWords[kind].counting
      return count === 0 ? [] : [counted(count, one, many)]
    })
    .join(', ')

const WorkName = ({ work: { name, about, url } }: { work: Work }) => (
  <>
    {url === null ? (
      name
    ) : (
      <a href={url} rel="noreferrer">
        {name}
      </a>
    )}
    {about === null ? null : `, ${about}`}
  </>
)

const WorkOfKind = ({ work }: { work: readonly Work[] }) => (
  <>
    <ul>
      {work.slice(0, shown).map((each) => (
        <li>
          <WorkName work={each} />
        </li>
      ))}
    </ul>
    {work.length > shown ? <p class="under">And {(work.length - shown).toLocaleString('en')} more.</p> : null}
  </>
)

const keyOf = ({ kind, item }: Work): string => `${kind}/${item}`

const ofKinds = (work: readonly Work[]): [WorkKind, Work[]][] =>
  workKinds
    .map((kind): [WorkKind, Work[]] => [kind, work.filter((each) => each.kind === kind)])
    .filter(([, found]) => found.length > 0)

/** What it is, kind by kind. */
export const WorkList = ({ work }: { work: readonly Work[] }) => (
  <>
    {ofKinds(work).map(([kind, found]) => (
      <>
        <h3>{kindWords[kind].title}</h3>
        <WorkOfKind work={found} />
      </>
    ))}
  </>
)

const hint =
  'A user name or an e-mail address of somebody active. Left empty, it waits in the list of what was left behind.'

const Successor = ({ state, isOptional }: { state: FormState; isOptional: boolean }) => (
  <>
    <Field
      {...field(state, 'handOver.to')}
      label="Who takes it over"
      hint={isOptional ? hint : 'A user name or an e-mail address of somebody active.'}
      maxlength={320}
      autocomplete="off"
      isOptional={isOptional}
    />
    {state.errors['handOver.items'] === undefined ? null : (
      <p class="field-error" role="alert">
        {state.errors['handOver.items']}
      </p>
    )}
  </>
)

/** For whoever is about to go: one person for everything, and others for some kinds. */
export const WorkByKind = ({ work, state }: { work: readonly Work[]; state: FormState }) => (
  <Panel title="What they leave behind" lead="Somebody should take it over in the same step.">
    <Successor state={state} isOptional />
    {ofKinds(work).map(([kind, found]) => (
      <>
        <h3>{kindWords[kind].title}</h3>
        <WorkOfKind work={found} />
        <Field
          {...field(state, `to.${kind}`)}
          label={`Somebody else for ${counted(found.length, ...kindWords[kind].counting)}`}
          maxlength={320}
          autocomplete="off"
          isOptional
        />
      </>
    ))}
  </Panel>
)

/** What the fields above say; undefined where nobody is named. */
export function handOverByKind(form: Form): HandOver | undefined {
  const items = workKinds.flatMap((kind) => {
    const to = textOf(form, `to.${kind}`)
    return to === undefined ? [] : [{ kind, to }]
  })
  const to = textOf(form, 'handOver.to')
  return to === undefined && items.length === 0 ? undefined : { to, items }
}

/** Of somebody who has gone: what is chosen goes to one person. */
export const WorkByChoice = ({ work, state }: { work: readonly Work[]; state: FormState }) => {
  const isFirst = Object.keys(state.values).length === 0
  return (
    <>
      {work.length > mostChoices ? (
        <WorkList work={work} />
      ) : (
        ofKinds(work).map(([kind, found]) => (
          <fieldset>
            <legend>{kindWords[kind].title}</legend>
            {found.map((each) => (
              <Check
                name={`work.${work.indexOf(each)}`}
                value={keyOf(each)}
                label={each.name}
                hint={each.about ?? undefined}
                isChecked={isFirst || Object.values(state.values).includes(keyOf(each))}
              />
            ))}
          </fieldset>
        ))
      )}
      <Successor state={state} isOptional={false} />
    </>
  )
}

/** What the fields above say; where there are no choices, everything. @throws AppError invalid where nothing is chosen */
export function handOverByChoice(form: Form, work: readonly Work[]): HandOver {
  const to = textOf(form, 'handOver.to') ?? ''
  if (work.length > mostChoices) return { to }
  const keys = new Set(chosen(form, 'work').map((index) => form[`work.${index}`]))
  const items = work.filter((each) => keys.has(keyOf(each))).map(({ kind, item }) => ({ kind, item, to }))
  if (items.length === 0) throw faultAt('handOver.items', 'Choose at least one thing')
  return { items }
}

/** What nobody has to take over, and is to be known. */
export const Made = ({ made: { onlyManagerOf, applications, apiKeys } }: { made: MadeByThem }) => {
  const parts = [
    { says: 'Nobody else gives roles in', named: onlyManagerOf, base: '/console/brands/' },
    { says: 'They set up the application', named: applications, base: undefined },
    { says: 'They made the API key', named: apiKeys, base: undefined },
  ].filter(({ named }) => named.length > 0)
  if (parts.length === 0) return null
  return (
    <Panel title="To be known" lead="This goes on without them.">
      <ul>
        {parts.flatMap(({ says, named, base }) =>
          named.map(({ id, name }) => (
            <li>
              {says} {base === undefined ? name : <a href={`${base}${id}`}>{name}</a>}
            </li>
          )),
        )}
      </ul>
    </Panel>
  )
}
