// です・ます体。
import type { en } from './en.ts'

export const ja = {
  'orgs.title': 'あなたの組織',
  'orgs.choose': '組織を選んでください',
  'orgs.lead': 'このデバイスでサインインしている組織:',
  'orgs.here': '<b>{organization}</b>（{name}、使用中）',
  'orgs.continue': '{organization} を続ける（{name}）',
  'orgs.switch': '{organization} に切り替える（{name}）',
  'orgs.signInAt': '{organization} にサインイン（{name}）',
  'orgs.another': '別の組織にサインイン',
  'orgs.signOutAll': 'すべてからサインアウト',
  'orgs.links': '関連付けたアカウント',
  'orgs.linksText':
    '{organization} のアカウントに関連付けたアカウントは、どのデバイスでもここに表示されます。別の組織にアカウントがあることは、どの組織にも知らされません。',
  'orgs.link': '{organization} と関連付ける',
  'orgs.unlink': '{organization} の関連付けを解除',
  'orgs.ended': 'そのセッションは終了しました',
  'orgs.endedText': 'もう一度サインインしてください。',
  'orgs.linked': 'アカウントを関連付けました',
  'orgs.linkedText': 'どちらの組織にも知らされません。',
  'orgs.unlinked': 'アカウントの関連付けを解除しました',
  'orgs.unlinkedText': 'セッションには影響しません。',
  'orgs.proveThere': 'そちらでもご本人の確認が必要です',
  'orgs.proveThereText': 'そちらに切り替えてご本人であることを確認し、10 分以内にアカウントを関連付けてください。',
  'orgs.sendNow': 'フォームを送信しますか？',
  'orgs.sendNowLead': 'まだ何も送信されていません。ご自身で入力した場合にのみ続けてください。',
  'orgs.send': 'フォームを送信',
  'orgs.cancel': 'キャンセル',
} as const satisfies Record<keyof typeof en, string>
