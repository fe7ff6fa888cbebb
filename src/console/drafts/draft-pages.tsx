// The pages of drafts: the list, where a change is put into one, one of them with what it would do, and taking it back.
import type { DraftRecord } from '#access/drafts/drafts.ts'
import type { Preview } from '#access/previews/shown.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { PreviewBody } from '../changes/preview-page.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, Pager, Panel, Select } from '../ui/parts.tsx'
import { statusWords } from './words.ts'

const StatusBadge = ({ draft }: { draft: Pick<DraftRecord, 'status'> }) => {
  const { word, tone } = statusWords[draft.status]
  return <Badge tone={tone}>{word}</Badge>
}

type ListProps = { frame: Frame; drafts: readonly DraftRecord[]; next: string | undefined }

export const DraftsPage = ({ frame, drafts, next }: ListProps) => (
  <ConsolePage
    frame={frame}
    section="drafts"
    title="Drafts"
    lead="Several changes that are shown, approved, made and undone together."
  >
    {drafts.length === 0 ? (
      <EmptyState
        title="No draft yet"
        text="On the preview of a change, choose “Put it into a draft”: there it waits with others until all of it is made."
      />
    ) : (
      <Table
        caption="Drafts"
        columns={['Draft', 'Status', 'Changes', 'Made by', 'Since']}
        rows={drafts.map((draft) => [
          <a href={`/console/drafts/${draft.id}`}>{draft.name}</a>,
          <StatusBadge draft={draft} />,
          String(draft.changes.length),
          draft.createdBy.name ?? 'An operator',
          <Time at={draft.createdAt} />,
        ])}
      />
    )}
    <Pager shown={drafts.length} next={next === undefined ? undefined : `/console/drafts?before=${next}`} />
  </ConsolePage>
)

type ChooseProps = {
  frame: Frame
  state: FormState
  change: string
  title: string
  open: readonly DraftRecord[]
  chosen: string | undefined
}

export const ChooseDraftPage = ({ frame, state, change, title, open, chosen }: ChooseProps) => (
  <ConsolePage
    frame={frame}
    section="drafts"
    title="Put it into a draft"
    lead={`${title}. Nothing is changed until the draft is made.`}
    trail={sectionTrail('drafts')}
  >
    <PostForm action="/console/drafts/add" state={state} hidden={{ change, title }} class="panel">
      {open.length === 0 ? null : (
        <Select
          {...field(state, 'draftId')}
          value={chosen}
          label="Draft"
          empty="A new one"
          options={open.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <Field {...field(state, 'name')} label="Name of a new draft" maxlength={200} isOptional={open.length > 0} />
      <Buttons submit="Put it into the draft" back="/console/drafts" />
    </PostForm>
  </ConsolePage>
)

export type DraftPageProps = {
  frame: Frame
  state: FormState
  draft: DraftRecord
  /** A line or more for each change. */
  words: readonly (readonly string[])[]
  /** What it would do; undefined where it cannot be tried, and `fault` says why. */
  preview: Preview | undefined
  fault: string | undefined
  /** Whether whoever looks at it could approve it. */
  isSecond: boolean
}

export const DraftPage = (props: DraftPageProps) => {
  const { frame, draft, words, preview, fault } = props
  const { id, name, status } = draft
  const isPending = status === 'open' || status === 'waiting' || status === 'approved'
  return (
    <ConsolePage
      frame={frame}
      section="drafts"
      title={name}
      lead={isPending ? 'Nothing of it is made yet.' : undefined}
      trail={sectionTrail('drafts')}
    >
      {draft.fault === null ? null : (
        <Alert kind="warning" title="It was not made at its time">
          {draft.fault}
        </Alert>
      )}
      {status === 'open' && draft.note !== null ? (
        <Alert kind="warning" title={`${draft.decidedBy?.name ?? 'Somebody'} sent it back`}>
          {draft.note}
        </Alert>
      ) : null}
      <div class="panel">
        <Facts facts={factsOf(draft)} />
      </div>
      <Panel title={counted(words.length, 'change', 'changes')} lead="In the order in which they are made.">
        <ol class="steps">
          {words.map((lines, index) => (
            <li>
              {lines.map((line) => (
                <div>{line}</div>
              ))}
              {isPending && words.length > 1 ? (
                <ButtonForm
                  action={`/console/drafts/${id}/remove`}
                  fields={{ index: String(index) }}
                  label={
                    <>
                      Leave it out<span class="visually-hidden"> {lines[0]}</span>
                    </>
                  }
                  kind="btn-sm"
                />
              ) : null}
            </li>
          ))}
        </ol>
      </Panel>
      {fault === undefined ? null : (
        <Alert kind="danger" title="It cannot be made as it is">
          {fault}
        </Alert>
      )}
      {preview === undefined ? null : <PreviewBody preview={preview} />}
      {isPending ? <Pending {...props} /> : null}
      {status === 'applied' ? (
        <Panel title="Undo" lead="All of it as one. You see first what that would do.">
          <a class="btn" href={`/console/drafts/${id}/undo`}>
            See what taking it back does
          </a>
        </Panel>
      ) : null}
    </ConsolePage>
  )
}

function factsOf(draft: DraftRecord) {
  const by = (who: { name: string | null } | null): string => who?.name ?? 'An operator'
  const when = (who: { name: string | null } | null, at: string | null) => (
    <>
      {by(who)}, <Time at={at} />
    </>
  )
  return [
    { term: 'Status', value: <StatusBadge draft={draft} /> },
    { term: 'Made by', value: when(draft.createdBy, draft.createdAt) },
    ...(draft.changedAt === draft.createdAt
      ? []
      : [{ term: 'Last changed by', value: when(draft.changedBy, draft.changedAt) }]),
    ...(draft.status !== 'open' && draft.decidedBy !== null
      ? [{ term: 'Approved by', value: when(draft.decidedBy, draft.decidedAt) }]
      : []),
    ...(draft.applyAt === null ? [] : [{ term: 'Is made by itself', value: <Time at={draft.applyAt} /> }]),
    ...(draft.appliedBy === null ? [] : [{ term: 'Carried out by', value: when(draft.appliedBy, draft.appliedAt) }]),
    ...(draft.undoneBy === null ? [] : [{ term: 'Undone by', value: when(draft.undoneBy, draft.undoneAt) }]),
  ]
}

const Pending = ({ state, draft, preview, isSecond }: DraftPageProps) => {
  const { id, status, applyAt } = draft
  const action = (verb: string): string => `/console/drafts/${id}/${verb}`
  const hash = preview?.hash ?? ''
  const mayMake = preview !== undefined && status !== 'waiting' && (!preview.needsSecondPerson || status === 'approved')
  return (
    <>
      {preview?.needsSecondPerson === true && status === 'open' ? (
        <Alert kind="info" title="A second person has to approve it">
          It gives somebody rights over others. Ask for approval; whoever has neither made nor changed it can give it.
        </Alert>
      ) : null}
      {status === 'open' ? (
        <Panel title="Approval" lead="Administrators are told, and whoever had no hand in it can approve it.">
          <ButtonForm
            action={action('submit')}
            label="Ask for approval"
            kind={mayMake ? 'btn-secondary' : 'btn-primary'}
          />
        </Panel>
      ) : null}
      {isSecond ? <SecondWord {...{ state, id, status, hash: preview?.hash }} /> : null}
      {mayMake && applyAt === null ? <Making {...{ state, id, hash }} /> : null}
      {applyAt === null ? null : (
        <Panel title="On a time" lead="It is made by itself then.">
          <ButtonForm action={action('unschedule')} label="Take it off its time" kind="btn-secondary" />
        </Panel>
      )}
      <Panel title="Discard it" lead="It stays on record, and is never made.">
        <ButtonForm action={action('discard')} label="Discard the draft" kind="btn-danger" />
      </Panel>
    </>
  )
}

type WordProps = { state: FormState; id: string; status: DraftRecord['status']; hash: string | undefined }

const SecondWord = ({ state, id, status, hash }: WordProps) => (
  <>
    {hash !== undefined && status !== 'approved' ? (
      <Panel title="Approve it" lead="You have seen above what it does. It is made as it is, or not at all.">
        <ButtonForm action={`/console/drafts/${id}/approve`} fields={{ hash }} label="Approve" kind="btn-primary" />
      </Panel>
    ) : null}
    {status === 'open' ? null : (
      <Panel title="Send it back">
        <PostForm action={`/console/drafts/${id}/reject`} state={state}>
          <Field {...field(state, 'note')} label="Why" maxlength={1_000} />
          <Buttons submit="Send it back" kind="secondary" />
        </PostForm>
      </Panel>
    )}
  </>
)

const Making = ({ state, id, hash }: { state: FormState; id: string; hash: string }) => (
  <Panel title="Make it" lead="All of it as one, if it does what is shown above.">
    <ButtonForm action={`/console/drafts/${id}/apply`} fields={{ hash }} label="Make all changes" kind="btn-primary" />
    <PostForm action={`/console/drafts/${id}/schedule`} state={state} hidden={{ hash }}>
      <Field
        {...field(state, 'applyAt')}
        label="Or at a time (UTC)"
        type="datetime-local"
        hint="In your name; if it would do something else by then, it is not made, and administrators are told."
      />
      <Buttons submit="Put it on this time" kind="secondary" />
    </PostForm>
  </Panel>
)

type UndoProps = { frame: Frame; draft: DraftRecord; preview: Preview | undefined; fault: string | undefined }

export const UndoPage = ({ frame, draft, preview, fault }: UndoProps) => (
  <ConsolePage
    frame={frame}
    section="drafts"
    title={`Take back ${draft.name}`}
    lead="Nothing is changed yet. This is what taking all of it back would do, as of now."
    trail={[...sectionTrail('drafts'), { label: draft.name, href: `/console/drafts/${draft.id}` }]}
  >
    {fault === undefined ? null : (
      <Alert kind="danger" title="It can no longer be undone as a whole">
        {fault}. What it made has been changed since; change it back where that happened.
      </Alert>
    )}
    {preview === undefined ? null : <PreviewBody preview={preview} />}
    {preview === undefined ? null : preview.needsSecondPerson ? (
      <Panel
        title="A second person has to approve it"
        lead="Taking it back gives somebody rights over others. It becomes a draft of its own."
      >
        <ButtonForm action={`/console/drafts/${draft.id}/draft-undo`} label="Make that draft" kind="btn-primary" />
      </Panel>
    ) : (
      <PostForm action={`/console/drafts/${draft.id}/undo`} hidden={{ hash: preview.hash }}>
        <Buttons submit="Take all of it back" kind="danger" back={`/console/drafts/${draft.id}`} leave="Cancel" />
      </PostForm>
    )}
  </ConsolePage>
)
