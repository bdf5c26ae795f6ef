import java.time.Duration;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// The page may make its form anew after you filled it: read the fields back, and click again if the page stays.
Map<String, String> texts = Map.of("username", System.getenv("VESTIBULE_USERNAME"), "password", System.getenv("VESTIBULE_PASSWORD"));
for (int tries = 0; tries < 3; tries++) {
    for (Map.Entry<String, String> text : texts.entrySet()) {
        WebElement field = new WebDriverWait(driver, Duration.ofSeconds(30))
            .until(ExpectedConditions.visibilityOfElementLocated(By.id(text.getKey())));
        if (!text.getValue().equals(field.getDomProperty("value"))) {
            field.clear();
            field.sendKeys(text.getValue());
        }
    }
    driver.findElement(By.id("Login")).click();
    try {
        new WebDriverWait(driver, Duration.ofSeconds(10)).until(ExpectedConditions.invisibilityOfElementLocated(By.id("Login")));
        break;
    } catch (TimeoutException stays) {
        continue;
    }
}
