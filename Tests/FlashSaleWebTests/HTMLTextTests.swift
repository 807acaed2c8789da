import FlashSaleWeb
import Testing

@Suite
struct HTMLTextTests {
    @Test("What could end an element or an attribute is replaced, the rest is kept")
    func escaped() {
        #expect(
            #"<b a="x" c='y'>Tom & Zoë</b>"#.htmlEscaped
                == "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;Tom &amp; Zoë&lt;/b&gt;"
        )
    }
}
