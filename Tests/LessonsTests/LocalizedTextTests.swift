import Lessons
import Testing

@Suite struct LocalizedTextTests {
    @Test func theTranslationIsUsedWhereThereIsOne() {
        #expect(LocalizedText(en: "a", zh: "b").text(.zh) == "b")
        #expect(LocalizedText(en: "a", zh: "b").text(.en) == "a")
        #expect(("a" as LocalizedText).text(.zh) == "a")
    }
}
