// です・ます体。
import type { en } from './en.ts'

export const ja = {
  'frame.skip': '本文へ移動',
  'frame.optional': '(任意)',
  'frame.reference': '参照番号',
  'frame.about': 'このサービスについて',
  'frame.help': 'ヘルプ',
  'frame.privacy': 'プライバシー',
  'frame.terms': '利用規約',
  'frame.support': 'サポート: {contact}',
  'frame.continue': '続ける',
  'frame.signIn': 'サインイン',
  'frame.backToSignIn': 'サインインに戻る',
  'frame.askForAccess': 'アクセスを申請する',
  'fault.invalid.title': 'うまくいきませんでした',
  'fault.invalid.advice':
    '送信された内容を処理できませんでした。前のページに戻り、入力内容を確認してもう一度お試しください。',
  'fault.unauthenticated.title': 'サインインしてください',
  'fault.unauthenticated.advice':
    'サインインしていないか、セッションが終了しています。サインインしてもう一度お試しください。',
  'fault.forbidden.title': 'アクセス権がありません',
  'fault.forbidden.advice': '業務に必要な場合は、組織の管理者にお問い合わせください。',
  'fault.not_found.title': 'ページが見つかりません',
  'fault.not_found.advice':
    'リンクが古いか、誤っている可能性があります。アドレスを確認するか、前のページに戻ってください。',
  'fault.conflict.title': 'すでに使用されています',
  'fault.conflict.advice': '入力内容が既存のものと重複しています。前のページに戻り、別のものを選んでください。',
  'fault.precondition_failed.title': 'ほかの人が先に変更しました',
  'fault.precondition_failed.advice':
    '内容が変更されています。前のページに戻って再読み込みし、もう一度変更してください。',
  'fault.against_policy.title': '組織で許可されていません',
  'fault.against_policy.advice': '前のページに戻って別の方法をとるか、規則について管理者にお尋ねください。',
  'fault.precondition_required.title': '確認が必要です',
  'fault.precondition_required.advice': '前のページに戻り、変更の影響を確かめてから確定してください。',
  'fault.too_large.title': 'データが大きすぎます',
  'fault.too_large.advice': '前のページに戻り、一度に送信する量を減らしてください。',
  'fault.too_many.title': '試行回数が多すぎます',
  'fault.too_many.advice': '1分ほど待ってから、もう一度お試しください。',
  'fault.unavailable.title': 'まもなく復旧します',
  'fault.unavailable.advice': '現在サービスを利用できません。数秒待ってからページを再読み込みしてください。',
  'fault.internal.title': 'サーバー側で問題が発生しました',
  'fault.internal.advice':
    'お客様の操作が原因ではありません。もう一度お試しいただき、繰り返し発生する場合は下の参照番号を管理者にお知らせください。',
} as const satisfies Record<keyof typeof en, string>
