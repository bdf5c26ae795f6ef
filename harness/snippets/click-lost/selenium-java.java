import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// A popup of the browser can take a click: look for the next page, and click again if it does not come.
By username = By.id("username"), password = By.id("password"), button = By.id("Login");
new WebDriverWait(driver, Duration.ofSeconds(30)).until(ExpectedConditions.visibilityOfElementLocated(username))
    .sendKeys(System.getenv("VESTIBULE_USERNAME"));
for (int tries = 0; tries < 3; tries++) {
    driver.findElement(button).click();
    try {
        new WebDriverWait(driver, Duration.ofSeconds(10)).until(ExpectedConditions.visibilityOfElementLocated(password));
        break;
    } catch (TimeoutException stays) {
        continue;
    }
}
driver.findElement(password).sendKeys(System.getenv("VESTIBULE_PASSWORD"));
driver.findElement(button).click();
