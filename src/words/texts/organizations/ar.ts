// بصيغة الأمر المهذبة.
import type { en } from './en.ts'

export const ar = {
  'orgs.title': 'مؤسساتك',
  'orgs.choose': 'اختر مؤسسة',
  'orgs.lead': 'أنت مسجّل الدخول على هذا الجهاز لدى:',
  'orgs.here': '<b>{organization}</b>، باسم {name} (الآن)',
  'orgs.continue': 'المتابعة لدى {organization}، باسم {name}',
  'orgs.switch': 'التبديل إلى {organization}، باسم {name}',
  'orgs.signInAt': 'تسجيل الدخول لدى {organization}، باسم {name}',
  'orgs.another': 'تسجيل الدخول لدى مؤسسة أخرى',
  'orgs.signOutAll': 'تسجيل الخروج من الكل',
  'orgs.links': 'الحسابات المرتبطة',
  'orgs.linksText':
    'تُعرض هنا على كل جهاز الحسابات المرتبطة بحسابك لدى {organization}. لا تُبلَّغ أي مؤسسة بأن لديك حسابًا في مكان آخر.',
  'orgs.link': 'الربط مع {organization}',
  'orgs.unlink': 'إلغاء ربط {organization}',
  'orgs.ended': 'انتهت تلك الجلسة',
  'orgs.endedText': 'سجّل الدخول هناك من جديد.',
  'orgs.linked': 'تم ربط الحسابين',
  'orgs.linkedText': 'لا تُبلَّغ أي من المؤسستين.',
  'orgs.unlinked': 'لم يعد الحسابان مرتبطين',
  'orgs.unlinkedText': 'لا تتأثر جلساتك.',
  'orgs.proveThere': 'أكّد هويتك هناك أيضًا',
  'orgs.proveThereText': 'انتقل إليها وأكّد أنك أنت، واربط الحسابين خلال عشر دقائق.',
  'orgs.sendNow': 'هل تريد إرسال النموذج الآن؟',
  'orgs.sendNowLead': 'لم يُرسل شيء بعد. تابع فقط إن كنت أنت من ملأ هذا.',
  'orgs.send': 'إرسال النموذج',
  'orgs.cancel': 'إلغاء',
} as const satisfies Record<keyof typeof en, string>
