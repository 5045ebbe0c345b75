"""Several networks in one walk: one is chosen by its name and walked like an only one."""


def test_another_network_can_be_chosen(serve, visitors):
    networks = ("torchvision:squeezenet1_1", "torchvision:alexnet")
    with serve("walk", *networks) as walk:
        visit = visitors(960, 540).open(walk.url)
        choice = visit.page.get_by_role("combobox", name="Network")
        names = [option.inner_text() for option in choice.locator("option").all()]
        assert names == ["squeezenet1_1", "alexnet"]
        first = [layer["id"] for layer in visit.tell("cnnwalk.layers")]
        with visit.page.expect_navigation():
            choice.select_option("alexnet")
        visit.until("window.cnnwalk?.arrival.stage === 'ready'")
        visit.until("cnnwalk.progress.stage === 'done'")
        second = [layer["id"] for layer in visit.tell("cnnwalk.layers")]
        assert second != first
        assert sum("conv" in label for label in visit.tell(LABELS)) == 5
        visit.check(walk.origin)


# What people are offered to fly to.
LABELS = """() => {
    document.querySelector('[aria-label="Search layers"]').click();
    return [...document.querySelectorAll('#found-layers .kind')].map((kind) => kind.textContent);
}"""
